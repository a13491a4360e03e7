// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/LogFormat.h"

#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QUrl>
#include <QtNetwork/QHostAddress>

#include <optional>
#include <utility>

namespace confab::server {

/// Who may make an account.
enum class Registration { Open, Invite, Closed };

/// Where the server listens.
struct ListenAddress
{
    QHostAddress address = QHostAddress(QHostAddress::LocalHost);
    quint16 port = 8484;

    QString toString() const; ///< `127.0.0.1:8484`, `[::1]:8484`
    bool operator==(const ListenAddress &) const = default;
};

/// What bounds one client. Sizes are bytes unless the name says otherwise.
struct LimitsConfiguration
{
    int messageLength = 0; ///< code points
    int frameBytes = 0;
    int headerBytes = 0;
    int bodyBytes = 0;
    int headerSeconds = 0;
    int idleSeconds = 0;           ///< between two requests of an HTTP connection
    int eventBufferBytes = 0;      ///< events that may wait for a slow reader
    int slowReaderSeconds = 0;     ///< without taking anything of what waits
    int requestsPerMinute = 0;     ///< of one person; 0: no limit
    int messagesPerMinute = 0;     ///< of one person; 0: no limit
    int connectionsPerAddress = 0; ///< 0: a quarter of all
    int connections = 0;           ///< 0: as many as the open files limit leaves room for
    int authAttemptsPerMinute = 0; ///< of one address; 0: no limit
};

/// How passwords are hashed, how long sessions last and who may vouch for people.
struct AuthConfiguration
{
    int hashMemoryMib = 0;
    int hashThreads = 0; ///< 0: half the cores, at least one
    int hashQueue = 0;
    int sessionIdleHours = 0; ///< 0: unused sessions do not expire
    int sessionMaxHours = 0;  ///< 0: used sessions do not expire
    QString adminKey;         ///< empty: no backend may vouch for people
};

/// The server's settings, checked and complete. Handed down by reference from the composition root.
struct Configuration
{
    ListenAddress listen;
    QString dataDir; ///< absolute or relative to where the server was started
    QUrl publicUrl;  ///< empty: clients use the address they connected to
    Registration registration = Registration::Invite;
    QString serverName;
    int shards = 0; ///< 0: one per core
    LogFormat logFormat = LogFormat::Text;
    LogLevels logLevels;
    QList<std::pair<QHostAddress, int>> trustedProxies; ///< for QHostAddress::isInSubnet
    QStringList corsOrigins;                            ///< `https://host[:port]`, or `*`
    QString postgresUrl;                                ///< libpq's URI; empty: SQLite
    QString databasePath;                               ///< SQLite's file
    int databaseConnections = 0;                        ///< of each shard, to PostgreSQL
    QString redisUrl;                                   ///< empty: the bus is inside of this process
    QString redisPassword;                              ///< in place of the URL's; empty: the URL's
    QString redisSentinelPassword;                      ///< empty: Sentinels want none
    LimitsConfiguration limits;
    AuthConfiguration auth;
    int heartbeatSeconds = 0;
    QString metricsToken; ///< empty: only this machine may read /metrics
    int drainSeconds = 0; ///< between failing /readyz and closing the port
};

} // namespace confab::server
