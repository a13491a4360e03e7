// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/http/HttpMessage.h"

#include <QtCore/QString>
#include <QtNetwork/QHostAddress>

#include <optional>

namespace confab::server {

/// Decides who may read /metrics: with a token whoever shows it, without one whoever is on this machine.
///
/// What a proxy passed on comes from somewhere else, though the connection is local; and a page in a browser that had
/// its own name resolved to this machine is betrayed by the Host it asks for.
class MetricsGuard
{
public:
    /// An empty \a token is none.
    explicit MetricsGuard(const QString &token) : m_token(token) { }

    /// What to answer instead; nothing where the request may be answered. \a peer is the connection's other end,
    /// whatever the request says. Who is not let in without a token learns nothing but that nothing is there.
    std::optional<HttpAnswer> refusal(const HttpRequest &request, const QHostAddress &peer) const;

private:
    const QString m_token;
};

} // namespace confab::server
