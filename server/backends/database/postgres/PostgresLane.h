// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/postgres/PostgresConnection.h"
#include "server/backends/database/postgres/PostgresPlace.h"
#include "server/runtime/SerialExecutor.h"

#include <QtCore/QTimer>

#include <functional>

namespace confab::server {

/// One connection that is made anew whenever it was lost, by attempts further and further apart.
///
/// Belongs to one thread; connecting is done on \a connector, one lane after the other.
class PostgresLane
{
public:
    struct Options
    {
        QByteArray conninfo;                  ///< libpq's connection string or URI.
        QByteArrayList setUp;                 ///< Run on each new connection, one after the other.
        std::shared_ptr<PostgresPlace> place; ///< Told what the last of them answers; may be null.
        std::function<void()> renewed;        ///< See StoreEvents.
        int firstPauseMs = 100;
        int longestPauseMs = 5000;
    };

    /// \a changed is called, from the event loop, when there is a connection and when there is none any more.
    PostgresLane(const Options &options, SerialExecutor &connector, TaskScope &tasks, std::function<void()> changed);
    Q_DISABLE_COPY_MOVE(PostgresLane)

    /// The connection; null while there is none.
    PostgresConnection *connection() const
    {
        return m_connection && !m_connection->isLost() ? m_connection.get() : nullptr;
    }
    /// Why the last attempt failed; empty while connected.
    const QString &trouble() const { return m_trouble; }

    quint64 connects() const { return m_connects; } ///< How often it was made.
    quint64 losses() const { return m_losses; }     ///< How often it ended by itself.

    /// Gives the connection up: it serves no longer what it is for (a server that only reads).
    void drop();
    /// Ends for good.
    void stop();

private:
    Task<Done> connect();
    void lost();

    const Options m_options;
    SerialExecutor &m_connector;
    TaskScope &m_tasks;
    const std::function<void()> m_changed;
    QTimer m_pause;
    int m_pauseMs = 0;
    bool m_stopped = false;
    quint64 m_connects = 0;
    quint64 m_losses = 0;
    QString m_trouble;
    std::unique_ptr<PostgresConnection> m_connection;
};

} // namespace confab::server
