// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/Gatekeeper.h"
#include "server/gateway/GatewaySettings.h"
#include "server/gateway/NodeLimits.h"
#include "server/gateway/http/HttpMessage.h"
#include "server/gateway/http/RouteTable.h"

namespace confab::server {

/// Answers HTTP requests: the operations and documents under /v1, health checks, and CORS.
///
/// Whatever goes wrong is an answer, so its tasks always hold a value.
class RestService
{
public:
    RestService(const Router &router, Gatekeeper &gatekeeper, const GatewaySettings &settings, NodeLimits &limits);

    /// \a address is the client's, after trusted proxies.
    Task<HttpAnswer> answer(HttpRequest request, QString address);

    /// From now on /readyz says no.
    void setDraining() { m_draining = true; }

private:
    Task<HttpAnswer> answerOperation(HttpRequest request, QString address);
    Task<HttpAnswer> answerReadiness();
    HttpAnswer answerDocument(const HttpRequest &request) const;
    HttpAnswer answerOptions(const HttpRequest &request) const;
    void addCors(const HttpRequest &request, HttpAnswer &answer) const;

    const RouteTable m_routes;
    Gatekeeper &m_gatekeeper;
    const QStringList m_corsOrigins;
    const QHash<QByteArray, QByteArray> m_documents;
    NodeLimits &m_limits;
    bool m_draining = false;
};

} // namespace confab::server
