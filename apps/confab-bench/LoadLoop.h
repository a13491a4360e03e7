// SPDX-License-Identifier: MIT
#pragma once

#include "apps/confab-bench/LoadConnection.h"

#include <memory>
#include <vector>

namespace confab::bench {

/// Drives thousands of LoadConnections from one thread with epoll.
class LoadLoop
{
public:
    /// \a ports: of the nodes on \a host, at which connections are in turn.
    LoadLoop(const QByteArray &host, const QList<quint16> &ports);
    ~LoadLoop();

    /// Starts \a count more connections; they open while run() turns. Not more than openAtOnce() of them at a time are
    /// between connect() and the upgrade, so that no listen queue overflows.
    void open(int count);

    /// Turns until \a done says so. False when \a timeoutMs passed first.
    bool run(const std::function<bool()> &done, qint64 timeoutMs);

    /// How long a turn may wait for sockets from now on, before \a done is asked again.
    void turnEvery(int milliseconds) { m_turnMs = milliseconds; }

    /// How many may be between connect() and the upgrade from now on.
    void openAtOnce(int count) { m_openingAtOnce = count; }

    /// Closes a connection from this side, without a word. It counts as none of those that were closed.
    void cut(LoadConnection &connection);

    /// Starts all connections anew, which were cut before; they open while run() turns.
    void reopen();

    std::vector<std::unique_ptr<LoadConnection>> &connections() { return m_connections; }
    int openCount() const;
    int closedCount() const { return m_closed; }
    QString firstFailure() const { return m_firstFailure; }

    LoadConnection::EventHandler onEvent;

private:
    void startSome();
    void start(LoadConnection &connection);
    void read(LoadConnection &connection);
    void write(LoadConnection &connection);
    void watch(LoadConnection &connection);
    void fail(LoadConnection &connection, const QString &reason);

    const QByteArray m_host;
    const QList<quint16> m_ports;
    int m_epoll = -1;
    int m_turnMs = 20;
    int m_openingAtOnce = 128;
    std::size_t m_started = 0;
    int m_closed = 0;
    QString m_firstFailure;
    std::vector<std::unique_ptr<LoadConnection>> m_connections;
};

} // namespace confab::bench
