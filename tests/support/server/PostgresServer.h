// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

#include <memory>

namespace confab::test {

/// A real PostgreSQL on a free port of the loopback, in a folder of its own that goes with it.
///
/// It refuses to run as root; then it runs as the user `postgres`, whom its package makes.
class PostgresServer
{
public:
    PostgresServer() = default;
    /// Stops it at once.
    ~PostgresServer();
    Q_DISABLE_COPY_MOVE(PostgresServer)

    /// Makes the cluster at the first call and starts it; false when it does not take connections within a minute.
    bool start(const QStringList &settings = {}); ///< \a settings: name=value, of postgresql.conf.
    /// Makes it a copy of \a primary that follows it by streaming, and starts it.
    bool startAsStandbyOf(const PostgresServer &primary);
    /// Makes a standby one that writes. True when it does.
    bool promote();
    void kill9();
    void signal(int number);
    quint16 port() const { return m_port; }
    bool isRunning() const { return m_process && m_process->state() != QProcess::NotRunning; }

    /// An empty database of this name, made now; its connection string.
    QByteArray makeDatabase(const QByteArray &name);
    /// Runs SQL as the superuser, over a connection of its own; the first column of the first row.
    QByteArray run(const QByteArray &sql, const QByteArray &database = "postgres");
    /// Runs SQL in a transaction that stays open, with all its locks, as long as what is returned lives.
    std::shared_ptr<void> hold(const QByteArray &sql, const QByteArray &database);
    QByteArray conninfo(const QByteArray &database) const;
    QByteArray url(const QByteArray &database) const; ///< The same as a URI.

private:
    bool makeCluster();
    bool copyCluster(const PostgresServer &primary);
    bool makeData(const QString &program, const QStringList &arguments);
    std::unique_ptr<QProcess> processOf(const QString &program) const;

    QTemporaryDir m_directory;
    std::unique_ptr<QProcess> m_process;
    quint16 m_port = 0;
};

} // namespace confab::test
