// SPDX-License-Identifier: MIT
#include "server/backends/bus/redis/RedisUrl.h"

#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>

#include <optional>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr quint16 kSentinelPort = 26379;

Error wrong(const QString &message)
{
    return Error::invalid(u"redis.url"_s, message);
}

Error wrongShape()
{
    return wrong(u"This is no address of a Redis: redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE], unix:///PATH, or "
                 "redis+sentinel://[[USER]:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]/MASTER[/DATABASE]."_s);
}

std::optional<int> databaseOf(const QString &text)
{
    bool isNumber = text.isEmpty();
    const int number = isNumber ? 0 : text.toInt(&isNumber);
    if (!isNumber || number < 0)
        return std::nullopt;
    return number;
}

std::optional<RedisUrl::Place> placeOf(const QString &text, quint16 port)
{
    const QUrl url(u"redis://"_s + text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || !url.userInfo().isEmpty() || !url.path().isEmpty() || url.port() == 0)
        return std::nullopt;
    return RedisUrl::Place{url.host(), static_cast<quint16>(url.port(port))};
}

/// Takes `user:password@` off the front of what stands behind the scheme.
bool takeUserInfo(QString &rest, RedisUrl &url)
{
    const qsizetype end = rest.indexOf(u'/');
    const qsizetype at = rest.lastIndexOf(u'@', end < 0 ? -1 : end);
    if (at < 0)
        return true;
    const QByteArray info = rest.first(at).toUtf8();
    rest.remove(0, at + 1);
    const qsizetype colon = info.indexOf(':');
    if (colon < 0)
        return false; // clients disagree whether that is a user or a password
    url.user = QByteArray::fromPercentEncoding(info.first(colon));
    url.password = QByteArray::fromPercentEncoding(info.sliced(colon + 1));
    return !url.user.isEmpty() || !url.password.isEmpty();
}

Result<RedisUrl> parseSocket(const QUrl &given)
{
    RedisUrl url;
    url.path = given.path();
    const std::optional<int> database = databaseOf(QUrlQuery(given).queryItemValue(u"db"_s));
    if (!given.isValid() || url.path.size() < 2 || !given.host().isEmpty() || !database)
        return wrongShape();
    url.database = *database;
    return url;
}

} // namespace

Result<RedisUrl> RedisUrl::parse(const QString &text)
{
    if (text.startsWith("unix://"_L1))
        return parseSocket(QUrl(text, QUrl::StrictMode));
    if (text.startsWith("rediss://"_L1)) {
        return wrong(u"Redis over TLS is not supported; use a tunnel (stunnel) or a private network, and redis://."_s);
    }
    const bool hasSentinels = text.startsWith("redis+sentinel://"_L1);
    if (!hasSentinels && !text.startsWith("redis://"_L1))
        return wrongShape();

    RedisUrl url;
    QString rest = text.sliced(text.indexOf("://"_L1) + 3);
    if (!takeUserInfo(rest, url))
        return wrongShape();
    QStringList parts = rest.split(u'/');
    const QStringList places = parts.takeFirst().split(u',');
    if (hasSentinels) {
        if (parts.isEmpty() || parts.first().isEmpty())
            return wrongShape();
        url.masterName = parts.takeFirst();
    }
    const std::optional<int> database = databaseOf(parts.value(0));
    if (parts.size() > 1 || !database || (!hasSentinels && places.size() > 1))
        return wrongShape();
    url.database = *database;
    for (const QString &each : places) {
        const std::optional<Place> place = placeOf(each, hasSentinels ? kSentinelPort : Place().port);
        if (!place)
            return wrongShape();
        url.places.append(*place);
    }
    return url;
}

QString RedisUrl::toString() const
{
    if (!path.isEmpty())
        return u"unix://"_s + path;
    QStringList shown;
    for (const Place &place : places)
        shown.append((place.host.contains(u':') ? u"[%1]:%2"_s : u"%1:%2"_s).arg(place.host).arg(place.port));
    const QString end = database > 0 ? u'/' + QString::number(database) : QString();
    if (hasSentinels())
        return u"redis+sentinel://%1/%2"_s.arg(shown.join(u','), masterName) + end;
    return u"redis://"_s + shown.join(u',') + end;
}

} // namespace confab::server
