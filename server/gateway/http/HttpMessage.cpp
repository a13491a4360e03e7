// SPDX-License-Identifier: MIT
#include "server/gateway/http/HttpMessage.h"

#include <boost/beast/http/status.hpp>

namespace confab::server {

QByteArray HttpRequest::field(QByteArrayView name) const
{
    for (const HttpField &field : fields) {
        if (name.compare(field.first, Qt::CaseInsensitive) == 0)
            return field.second;
    }
    return {};
}

QByteArrayList HttpRequest::fieldsNamed(QByteArrayView name) const
{
    QByteArrayList values;
    for (const HttpField &field : fields) {
        if (name.compare(field.first, Qt::CaseInsensitive) == 0)
            values.append(field.second);
    }
    return values;
}

bool HttpRequest::hasToken(QByteArrayView name, QByteArrayView token) const
{
    for (const QByteArray &value : fieldsNamed(name)) {
        for (const QByteArray &item : value.split(',')) {
            if (token.compare(item.trimmed(), Qt::CaseInsensitive) == 0)
                return true;
        }
    }
    return false;
}

QString bearerToken(const HttpRequest &request)
{
    const QByteArray value = request.field("Authorization").trimmed();
    constexpr qsizetype kSchemeLength = 7;
    if (value.size() <= kSchemeLength || qstrnicmp(value.constData(), "Bearer ", kSchemeLength) != 0)
        return {};
    return QString::fromLatin1(value.mid(kSchemeLength).trimmed());
}

QByteArray reasonPhrase(int status)
{
    const boost::beast::string_view phrase =
        boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    return QByteArray(phrase.data(), static_cast<qsizetype>(phrase.size()));
}

} // namespace confab::server
