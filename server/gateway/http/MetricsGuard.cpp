// SPDX-License-Identifier: MIT
#include "server/gateway/http/MetricsGuard.h"

#include "server/gateway/http/ProblemDetails.h"
#include "server/runtime/Log.h"
#include "server/services/auth/TokenMint.h"

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

/// Fields by which proxies say for whom they ask.
constexpr const char *kForwardingFields[] = {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
                                             "X-Real-IP",       "Forwarded",        "Via"};

bool isForwarded(const HttpRequest &request)
{
    for (const char *field : kForwardingFields) {
        if (!request.fieldsNamed(field).isEmpty())
            return true;
    }
    return false;
}

/// The Host without its port: "localhost:8484", "127.0.0.1", "[::1]:8484".
bool namesThisMachine(const QByteArray &host)
{
    QString name = QString::fromLatin1(host.trimmed());
    if (name.startsWith(u'['))
        name = name.mid(1, name.indexOf(u']') - 1);
    else if (name.contains(u':'))
        name.truncate(name.indexOf(u':'));
    return name.compare("localhost"_L1, Qt::CaseInsensitive) == 0 || QHostAddress(name).isLoopback();
}

} // namespace

std::optional<HttpAnswer> MetricsGuard::refusal(const HttpRequest &request, const QHostAddress &peer) const
{
    if (!m_token.isEmpty()) {
        if (sameSecret(bearerToken(request), m_token))
            return std::nullopt;
        return problemAnswer(Error::unauthenticated(u"Send metrics.token as Authorization: Bearer."_s));
    }
    const char *why = nullptr;
    const QByteArray host = request.field("Host");
    if (!peer.isLoopback())
        why = "it comes from another machine";
    else if (isForwarded(request))
        why = "a proxy passed it on";
    else if (!host.isEmpty() && !namesThisMachine(host))
        why = "its Host is not localhost";
    if (!why)
        return std::nullopt;
    qCDebug(lcGateway, "/metrics was not shown, for %s and there is no metrics.token.", why);
    return problemAnswer(Error::notFound(u"There is nothing at this path."_s));
}

} // namespace confab::server
