// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

#include <memory>

namespace confab::test {

/// A real Redis, or a Sentinel, on a free port of the loopback, in a folder of its own that goes with it. It stores
/// nothing.
class RedisServer
{
public:
    RedisServer() = default;
    /// Kills it.
    ~RedisServer();
    Q_DISABLE_COPY_MOVE(RedisServer)

    /// Starts it on the port it had before; false when it does not answer within half a minute.
    bool start(const QStringList &arguments = {}); ///< \a arguments: as on Redis' command line.
    bool startAsReplicaOf(quint16 master, const QStringList &arguments = {});
    /// Starts it as a Sentinel instead, which watches the master of this name with others and makes a replica the
    /// master after half a second without one. \a quorum: how many of them have to miss it. \a settings: lines of
    /// sentinel.conf.
    bool startAsSentinel(const QString &masterName, quint16 master, int quorum, const QStringList &settings = {});
    void kill9();
    void signal(int number);
    quint16 port(); ///< Chosen at the first call.
    QString url(const QString &userInfo = {}) const;

    /// Runs a command over a connection of its own; the words of the reply, one a line.
    QByteArray run(const QStringList &command) const;

private:
    bool launch(const QStringList &arguments);

    QTemporaryDir m_directory;
    std::unique_ptr<QProcess> m_process;
    quint16 m_port = 0;
};

} // namespace confab::test
