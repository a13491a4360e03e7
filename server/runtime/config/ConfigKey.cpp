// SPDX-License-Identifier: MIT
#include "server/runtime/config/ConfigKey.h"

#include <QtCore/QDir>

#include <array>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

QString applyListen(Configuration &configuration, const ConfigValue &value)
{
    QString expected = u"an address and a port like 127.0.0.1:8484 or [::1]:8484"_s;
    const qsizetype colon = value.text.lastIndexOf(u':');
    QString host = value.text.left(qMax<qsizetype>(0, colon));
    const bool bracketed = host.startsWith(u'[') && host.endsWith(u']');
    if (bracketed)
        host = host.mid(1, host.size() - 2);
    bool isPort = false;
    const quint16 port = QStringView(value.text).mid(colon + 1).toUShort(&isPort);
    QHostAddress address;
    if (colon <= 0 || !isPort || !address.setAddress(host))
        return expected;
    if (bracketed != (address.protocol() == QAbstractSocket::IPv6Protocol))
        return expected;
    configuration.listen = {address, port};
    return {};
}

QString applyPublicUrl(Configuration &configuration, const ConfigValue &value)
{
    const QUrl url(value.text, QUrl::StrictMode);
    const bool web = url.scheme() == "https"_L1 || url.scheme() == "http"_L1;
    if (!value.text.isEmpty() && (!url.isValid() || !web || url.host().isEmpty() || !url.userInfo().isEmpty()))
        return u"a web address like https://chat.example.org"_s;
    configuration.publicUrl = url;
    return {};
}

QString applyRegistration(Configuration &configuration, const ConfigValue &value)
{
    configuration.registration = value.text == "open"_L1     ? Registration::Open
                                 : value.text == "invite"_L1 ? Registration::Invite
                                                             : Registration::Closed;
    return {};
}

QString applyServerName(Configuration &configuration, const ConfigValue &value)
{
    const QString name = value.text.trimmed();
    if (name.isEmpty() || name.size() > 100)
        return u"a name of 1 to 100 characters"_s;
    configuration.serverName = name;
    return {};
}

QString applyDataDir(Configuration &configuration, const ConfigValue &value)
{
    if (value.text.isEmpty())
        return u"a directory"_s;
    configuration.dataDir = QDir::cleanPath(value.text);
    return {};
}

QString applyLogFormat(Configuration &configuration, const ConfigValue &value)
{
    configuration.logFormat = value.text == "json"_L1 ? LogFormat::Json : LogFormat::Text;
    return {};
}

QString applyLogLevel(Configuration &configuration, const ConfigValue &value)
{
    const Result<LogLevels> levels = parseLogLevels(value.text);
    if (!levels)
        return u"a level, or a list like gateway=debug,info ("_s + levels.error().message + u')';
    configuration.logLevels = *levels;
    return {};
}

QString applyTrustedProxies(Configuration &configuration, const ConfigValue &value)
{
    QList<std::pair<QHostAddress, int>> subnets;
    for (const QString &text : value.list) {
        const auto subnet = QHostAddress::parseSubnet(text);
        if (subnet.second < 0)
            return u"a list of networks like 10.0.0.0/8 or fd00::/8 (\"%1\" is none)"_s.arg(text);
        subnets.append({subnet.first, subnet.second});
    }
    configuration.trustedProxies = subnets;
    return {};
}

QString applyCorsOrigins(Configuration &configuration, const ConfigValue &value)
{
    for (const QString &text : value.list) {
        const QUrl url(text, QUrl::StrictMode);
        const bool web = url.scheme() == "https"_L1 || url.scheme() == "http"_L1;
        const bool bare = url.path().isEmpty() && url.userInfo().isEmpty() && !url.hasQuery() && !url.hasFragment();
        if (text != "*"_L1 && (!url.isValid() || !web || url.host().isEmpty() || !bare))
            return u"a list of origins like https://app.example.org, or * (\"%1\" is none)"_s.arg(text);
    }
    configuration.corsOrigins = value.list;
    return {};
}

QString applyDatabaseUrl(Configuration &configuration, const ConfigValue &value)
{
    const bool isPostgres = value.text.startsWith("postgresql://"_L1) || value.text.startsWith("postgres://"_L1);
    if (!isPostgres && !value.text.startsWith("sqlite:"_L1))
        return u"sqlite:, sqlite:PATH or postgresql://USER@HOST/DATABASE"_s;
    configuration.postgresUrl = isPostgres ? value.text : QString();
    configuration.databasePath = isPostgres ? QString() : value.text.mid(7);
    return {};
}

QString applyRedisUrl(Configuration &configuration, const ConfigValue &value)
{
    // The address is read where it is used, which says more of it.
    for (const char *scheme : {"redis://", "rediss://", "redis+sentinel://", "unix://"}) {
        if (value.text.isEmpty() || value.text.startsWith(QLatin1StringView(scheme))) {
            configuration.redisUrl = value.text;
            return {};
        }
    }
    return u"redis://HOST[:PORT][/DATABASE], redis+sentinel://HOST[,HOST…]/MASTER or unix:///PATH"_s;
}

QString applyRedisPassword(Configuration &configuration, const ConfigValue &value)
{
    configuration.redisPassword = value.text;
    return {};
}

QString applyRedisSentinelPassword(Configuration &configuration, const ConfigValue &value)
{
    configuration.redisSentinelPassword = value.text;
    return {};
}

/// Takes a secret that programs show.
QString applySecret(QString &secret, const ConfigValue &value)
{
    constexpr qsizetype kShortest = 32;
    if (!value.text.isEmpty() && value.text.size() < kShortest)
        return u"a random text of %1 characters or more, as `openssl rand -hex 32` makes it"_s.arg(kShortest);
    secret = value.text;
    return {};
}

QString applyAdminKey(Configuration &configuration, const ConfigValue &value)
{
    return applySecret(configuration.auth.adminKey, value);
}

QString applyMetricsToken(Configuration &configuration, const ConfigValue &value)
{
    return applySecret(configuration.metricsToken, value);
}

constexpr int kMaxInt = std::numeric_limits<int>::max();

// A key whose value is one integer field.
#define CONFAB_INTEGER(field)                                                                                          \
    [](Configuration &configuration, const ConfigValue &value) {                                                       \
        configuration.field = static_cast<int>(value.integer);                                                         \
        return QString();                                                                                              \
    }

constexpr std::array kKeys{
    ConfigKey{"listen", ConfigType::Text, "127.0.0.1:8484", "Address and port to serve on; IPv6 as [::1]:8484.",
              applyListen},
    ConfigKey{"data_dir", ConfigType::Text, "", "Directory for the database and files; made when missing.",
              applyDataDir, "$XDG_DATA_HOME/confabd, or ~/.local/share/confabd"},
    ConfigKey{"public_url", ConfigType::Text, "", "Address people reach the server by, where a proxy stands before it.",
              applyPublicUrl, "none"},
    ConfigKey{"registration", ConfigType::Choice, "", "Who may make an account.", applyRegistration,
              "open on loopback, invite elsewhere", "open|invite|closed"},
    ConfigKey{"server_name", ConfigType::Text, "Confab", "Name shown to people.", applyServerName},
    ConfigKey{"shards", ConfigType::Integer, "0", "Threads that serve connections; 0 is one per core.",
              CONFAB_INTEGER(shards), nullptr, nullptr, 0, 1024},
    ConfigKey{"log.format", ConfigType::Choice, "text", "Form of the log lines on standard error.", applyLogFormat,
              nullptr, "text|json"},
    ConfigKey{"log.level", ConfigType::Text, "info",
              "debug, info, warning or error, or a list by category like gateway=debug,info.", applyLogLevel},
    ConfigKey{"trusted_proxies", ConfigType::List, "", "Networks whose X-Forwarded-For header counts.",
              applyTrustedProxies, "none"},
    ConfigKey{"cors_origins", ConfigType::List, "", "Origins whose pages may use the REST interface; * is any.",
              applyCorsOrigins, "none"},
    ConfigKey{
        "database.url", ConfigType::Text, "sqlite:",
        "Database: sqlite: in the data directory, sqlite:PATH (relative to it), or postgresql://USER@HOST/DATABASE.",
        applyDatabaseUrl},
    ConfigKey{"database.connections", ConfigType::Integer, "8",
              "Connections of each shard to PostgreSQL: a quarter reads, a quarter stores messages, the rest all else.",
              CONFAB_INTEGER(databaseConnections), nullptr, nullptr, 3, 100},
    ConfigKey{"redis.url", ConfigType::Text, "",
              "Redis as the bus between several nodes on one PostgreSQL: redis://HOST[:PORT][/DATABASE], "
              "redis+sentinel://HOST[,HOST…]/MASTER or unix:///PATH.",
              applyRedisUrl, "none"},
    ConfigKey{"redis.password", ConfigType::Text, "", "Password for it, in place of one in the URL.",
              applyRedisPassword, "none", nullptr, 0, kMaxInt, true},
    ConfigKey{"redis.sentinel_password", ConfigType::Text, "",
              "Password of the Sentinels themselves, if they want one.", applyRedisSentinelPassword, "none", nullptr, 0,
              kMaxInt, true},
    ConfigKey{"limits.message_length", ConfigType::Integer, "10000", "Longest message text, in Unicode code points.",
              CONFAB_INTEGER(limits.messageLength), nullptr, nullptr, 1, 1'000'000},
    ConfigKey{"limits.frame_bytes", ConfigType::Integer, "1048576", "Largest WebSocket message a client may send.",
              CONFAB_INTEGER(limits.frameBytes), nullptr, nullptr, 4096, 64 * 1024 * 1024},
    ConfigKey{"limits.header_bytes", ConfigType::Integer, "16384", "Largest HTTP request header.",
              CONFAB_INTEGER(limits.headerBytes), nullptr, nullptr, 1024, 1024 * 1024},
    ConfigKey{"limits.body_bytes", ConfigType::Integer, "1048576", "Largest body of an ordinary HTTP request.",
              CONFAB_INTEGER(limits.bodyBytes), nullptr, nullptr, 4096, 64 * 1024 * 1024},
    ConfigKey{"limits.header_seconds", ConfigType::Integer, "10",
              "Time a new connection has until its header (and, on a socket, its hello) is complete.",
              CONFAB_INTEGER(limits.headerSeconds), nullptr, nullptr, 1, 3600},
    ConfigKey{"limits.connections", ConfigType::Integer, "0",
              "Most connections at a time; 0 fits the limit of open files.", CONFAB_INTEGER(limits.connections)},
    ConfigKey{
        "limits.connections_per_address", ConfigType::Integer, "0",
        "Most connections from one address (a /64 of IPv6); 0 is a quarter of all, without those from this machine.",
        CONFAB_INTEGER(limits.connectionsPerAddress)},
    ConfigKey{"limits.idle_seconds", ConfigType::Integer, "60",
              "Time an HTTP connection may stay open between two requests.", CONFAB_INTEGER(limits.idleSeconds),
              nullptr, nullptr, 1, 3600},
    ConfigKey{"limits.requests_per_minute", ConfigType::Integer, "6000",
              "Requests of one person, as many at once; 0 is no limit.", CONFAB_INTEGER(limits.requestsPerMinute),
              nullptr, nullptr, 0, 10'000'000},
    ConfigKey{"limits.messages_per_minute", ConfigType::Integer, "600",
              "Messages one person may send, edit or delete, as many at once; 0 is no limit.",
              CONFAB_INTEGER(limits.messagesPerMinute), nullptr, nullptr, 0, 10'000'000},
    ConfigKey{"limits.event_buffer_bytes", ConfigType::Integer, "1048576",
              "Events that may wait for a slow reader; past it they are left out and it is told.",
              CONFAB_INTEGER(limits.eventBufferBytes), nullptr, nullptr, 16 * 1024, 64 * 1024 * 1024},
    ConfigKey{"limits.slow_reader_seconds", ConfigType::Integer, "30",
              "Time after which a reader is closed that takes nothing of what waits for it.",
              CONFAB_INTEGER(limits.slowReaderSeconds), nullptr, nullptr, 1, 3600},
    ConfigKey{"limits.auth_attempts_per_minute", ConfigType::Integer, "60",
              "Sign-ins and registrations an address may try; an account a sixth of it; 0 is no limit.",
              CONFAB_INTEGER(limits.authAttemptsPerMinute), nullptr, nullptr, 0, 1'000'000},
    ConfigKey{"auth.hash_memory_mib", ConfigType::Integer, "64", "Memory one password hash takes, in MiB.",
              CONFAB_INTEGER(auth.hashMemoryMib), nullptr, nullptr, 8, 4096},
    ConfigKey{"auth.hash_threads", ConfigType::Integer, "0", "Threads that hash passwords; 0 is half the cores.",
              CONFAB_INTEGER(auth.hashThreads), nullptr, nullptr, 0, 1024},
    ConfigKey{"auth.hash_queue", ConfigType::Integer, "64",
              "Sign-ins that may wait; further ones are told to come back.", CONFAB_INTEGER(auth.hashQueue), nullptr,
              nullptr, 1, 100'000},
    ConfigKey{"auth.session_idle_hours", ConfigType::Integer, "2160",
              "Time after which a session that is not used ends (90 days); 0 is never.",
              CONFAB_INTEGER(auth.sessionIdleHours), nullptr, nullptr, 0, 1'000'000},
    ConfigKey{"auth.session_max_hours", ConfigType::Integer, "0",
              "Time after which a session ends though it is used; 0 is never.", CONFAB_INTEGER(auth.sessionMaxHours),
              nullptr, nullptr, 0, 1'000'000},
    ConfigKey{"auth.admin_key", ConfigType::Text, "",
              "Key with which an app's own backend signs its people in (session.openFor).", applyAdminKey, "none",
              nullptr, 0, kMaxInt, true},
    ConfigKey{"metrics.token", ConfigType::Text, "",
              "Token with which /metrics is read; without one, only from this machine and not through a proxy.",
              applyMetricsToken, "none", nullptr, 0, kMaxInt, true},
    ConfigKey{"drain_seconds", ConfigType::Integer, "0",
              "Time between failing /readyz and closing the port when the server stops, for a balancer to notice.",
              CONFAB_INTEGER(drainSeconds), nullptr, nullptr, 0, 300},
    ConfigKey{"heartbeat_seconds", ConfigType::Integer, "20",
              "Interval of pings; a peer silent for two of them is dead.", CONFAB_INTEGER(heartbeatSeconds), nullptr,
              nullptr, 1, 3600},
};
#undef CONFAB_INTEGER

} // namespace

std::span<const ConfigKey> configKeys()
{
    return kKeys;
}

QString ListenAddress::toString() const
{
    const bool six = address.protocol() == QAbstractSocket::IPv6Protocol;
    return (six ? u"[%1]:%2"_s : u"%1:%2"_s).arg(address.toString()).arg(port);
}

QString ConfigKey::environmentName() const
{
    return "CONFAB_"_L1 + keyName().replace(u'.', u'_').toUpper();
}

QString ConfigKey::flagName() const
{
    return "--"_L1 + keyName().replace(u'.', u'-').replace(u'_', u'-');
}

QString ConfigKey::expectation() const
{
    switch (type) {
    case ConfigType::Text:
        return u"a string"_s;
    case ConfigType::Integer:
        return maximum == kMaxInt ? u"an integer of %1 or more"_s.arg(minimum)
                                  : u"an integer from %1 to %2"_s.arg(minimum).arg(maximum);
    case ConfigType::Choice:
        return u"one of "_s + QString::fromLatin1(choices).replace(u'|', ", "_L1);
    case ConfigType::List:
        break;
    }
    return u"a list of strings"_s;
}

} // namespace confab::server
