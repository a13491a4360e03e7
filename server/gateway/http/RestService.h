// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "server/gateway/Gatekeeper.h"
#include "server/gateway/GatewaySettings.h"
#include "server/gateway/NodeLimits.h"
#include "server/gateway/http/HttpMessage.h"
#include "server/gateway/http/MetricsGuard.h"
#include "server/gateway/http/RouteTable.h"
#include "server/runtime/metrics/Metrics.h"

namespace confab::server {

/// Answers HTTP requests: the operations and documents under /v1, health checks, metrics, and CORS.
///
/// Whatever goes wrong is an answer, so its tasks always hold a value.
class RestService
{
public:
    /// Without \a metrics there is no /metrics.
    RestService(const Router &router, Gatekeeper &gatekeeper, const Bus &bus, const GatewaySettings &settings,
                NodeLimits &limits, const Metrics *metrics = nullptr);

    /// \a address is the client's, after trusted proxies; \a peer the connection's other end.
    Task<HttpAnswer> answer(HttpRequest request, QString address, QHostAddress peer);

    /// From now on /readyz says no.
    void setDraining() { m_draining = true; }
    bool isDraining() const { return m_draining; }

private:
    Task<HttpAnswer> answerOperation(HttpRequest request, QString address);
    Task<HttpAnswer> answerMetrics(HttpRequest request, QHostAddress peer);
    Task<HttpAnswer> answerReadiness();
    HttpAnswer answerDocument(const HttpRequest &request) const;
    HttpAnswer answerOptions(const HttpRequest &request) const;
    void addCors(const HttpRequest &request, HttpAnswer &answer) const;

    const RouteTable m_routes;
    Gatekeeper &m_gatekeeper;
    const Bus &m_bus;
    const QStringList m_corsOrigins;
    const QHash<QByteArray, QByteArray> m_documents;
    NodeLimits &m_limits;
    const Metrics *const m_metrics;
    const MetricsGuard m_metricsGuard;
    bool m_draining = false;
};

} // namespace confab::server
