// SPDX-License-Identifier: MIT
#include "server/gateway/http/RestService.h"

#include "server/gateway/http/ProblemDetails.h"
#include "server/gateway/http/TextParameters.h"
#include "shared/protocol/Frames.h"
#include "shared/protocol/Json.h"

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

HttpAnswer textAnswer(int status, const QByteArray &text)
{
    HttpAnswer answer;
    answer.status = status;
    answer.contentType = "text/plain; charset=utf-8";
    answer.body = text + '\n';
    return answer;
}

/// One request may rest on what was read a moment ago.
constexpr auto kFreshness = Gatekeeper::Freshness::Recent;

bool isJson(const QByteArray &contentType)
{
    const QByteArray type = contentType.split(';').first().trimmed().toLower();
    return type == "application/json" || (type.startsWith("application/") && type.endsWith("+json"));
}

QByteArrayList namesOf(const QList<TextParameter> &parameters)
{
    QByteArrayList names;
    for (const TextParameter &parameter : parameters)
        names.append(parameter.first);
    return names;
}

/// What to answer where something may only be read.
HttpAnswer answerOtherMethod()
{
    HttpAnswer answer = problemAnswer(405, u"This path does not take that method."_s);
    answer.fields.append(HttpField("Allow", "GET, HEAD"));
    return answer;
}

/// What to answer where no operation fits.
HttpAnswer answerMismatch(const HttpRequest &request, const RouteTable::Match &match)
{
    if (request.path == kSocketPath) {
        HttpAnswer answer = problemAnswer(426, u"this is a WebSocket: send an upgrade request"_s);
        answer.fields.append(HttpField("Upgrade", "websocket"));
        return answer;
    }
    if (match.allowed.isEmpty())
        return problemAnswer(Error::notFound(u"There is nothing at this path."_s));
    if (!match.selectors.isEmpty()) {
        const QString selectors = QString::fromLatin1(match.selectors.join(", "));
        return problemAnswer(Error::invalid(selectors, u"one of these query parameters is needed"_s));
    }
    HttpAnswer answer = problemAnswer(405, u"This path does not take that method."_s);
    answer.fields.append(HttpField("Allow", match.allowed.join(", ")));
    return answer;
}

} // namespace

RestService::RestService(const Router &router, Gatekeeper &gatekeeper, const Bus &bus, const GatewaySettings &settings,
                         NodeLimits &limits, const Metrics *metrics)
    : m_routes(router), m_gatekeeper(gatekeeper), m_bus(bus), m_corsOrigins(settings.corsOrigins),
      m_documents(settings.documents), m_limits(limits), m_metrics(metrics), m_metricsGuard(settings.metricsToken)
{
}

Task<HttpAnswer> RestService::answer(HttpRequest request, QString address, QHostAddress peer)
{
    if (m_metrics && request.path == "/metrics") {
        // Without CORS: no page of a browser has business there.
        const Result<HttpAnswer> metrics = co_await answerMetrics(request, peer);
        co_return *metrics;
    }
    HttpAnswer answer;
    const bool isRead = request.method == "GET" || request.method == "HEAD";
    if (request.method == "OPTIONS") {
        answer = answerOptions(request);
    } else if (request.path == "/healthz" && isRead) {
        answer = textAnswer(200, "ok");
    } else if (request.path == "/readyz" && isRead) {
        const Result<HttpAnswer> readiness = co_await answerReadiness();
        answer = *readiness;
    } else if (m_documents.contains(request.path)) {
        answer = answerDocument(request);
    } else {
        const Result<HttpAnswer> operation = co_await answerOperation(request, address);
        answer = *operation;
    }
    addCors(request, answer);
    co_return answer;
}

Task<HttpAnswer> RestService::answerMetrics(HttpRequest request, QHostAddress peer)
{
    std::optional<HttpAnswer> refusal = m_metricsGuard.refusal(request, peer);
    if (refusal)
        co_return *std::move(refusal);
    if (request.method != "GET" && request.method != "HEAD")
        co_return answerOtherMethod();
    const Result<MetricsPage> page = co_await m_metrics->scrape();
    HttpAnswer answer;
    answer.contentType = MetricsPage::contentType();
    answer.body = page->text();
    co_return answer;
}

Task<HttpAnswer> RestService::answerReadiness()
{
    if (m_draining)
        co_return textAnswer(503, "draining");
    const Result<Done> ready = co_await m_gatekeeper.ready();
    if (!ready)
        co_return textAnswer(503, ready.error().message.toUtf8());
    // No reason to send people elsewhere: the other nodes have the same Redis, and everything comes, only later.
    if (m_bus.isLost())
        co_return textAnswer(200, "ready, but Redis cannot be reached: changes come from other nodes seconds later");
    co_return textAnswer(200, "ready");
}

Task<HttpAnswer> RestService::answerOperation(HttpRequest request, QString address)
{
    const QList<TextParameter> query = splitQuery(request.query);
    const RouteTable::Match match = m_routes.match(request.method, request.path, namesOf(query));
    if (!match.route)
        co_return answerMismatch(request, match);
    const Route &route = *match.route;

    Caller caller;
    if (route.needsUser()) {
        const QString token = bearerToken(request);
        if (token.isEmpty())
            co_return problemAnswer(Error::unauthenticated(u"Send the token as Authorization: Bearer."_s));
        const Result<Caller> authenticated = co_await m_gatekeeper.authenticate(token, address, kFreshness);
        if (!authenticated)
            co_return problemAnswer(authenticated.error());
        caller = *authenticated;
        const Result<Done> admitted = m_limits.admit(caller.userId, *route.info);
        if (!admitted)
            co_return problemAnswer(admitted.error());
    } else if (route.info->access == Access::Backend) {
        const Result<Done> admitted = m_gatekeeper.admitBackend(bearerToken(request));
        if (!admitted)
            co_return problemAnswer(admitted.error());
    }
    caller.address = address;

    const QByteArray contentType = request.field("Content-Type");
    if (!request.body.isEmpty() && !contentType.isEmpty() && !isJson(contentType))
        co_return problemAnswer(415, u"The body must be JSON (Content-Type: application/json)."_s);
    const Result<QByteArray> parameters = mergeParameters(*route.parameters, match.parameters, query, request.body);
    if (!parameters)
        co_return problemAnswer(parameters.error());

    const Stopwatch stopwatch;
    const Result<QByteArray> reply = co_await route.dispatch(caller, *parameters);
    route.stats->record(stopwatch, reply ? nullptr : &reply.error());
    if (!reply)
        co_return problemAnswer(reply.error());
    HttpAnswer answer;
    if (route.repliesEmpty && route.info->method == HttpMethod::Delete) {
        answer.status = 204;
        co_return answer;
    }
    answer.status = route.info->successStatus;
    answer.contentType = "application/json";
    answer.body = cborToJson(*reply);
    co_return answer;
}

HttpAnswer RestService::answerDocument(const HttpRequest &request) const
{
    HttpAnswer answer;
    if (request.method != "GET" && request.method != "HEAD")
        return answerOtherMethod();
    answer.contentType = "application/json";
    answer.body = m_documents.value(request.path);
    return answer;
}

HttpAnswer RestService::answerOptions(const HttpRequest &request) const
{
    const RouteTable::Match match = m_routes.match("OPTIONS", request.path, {});
    HttpAnswer answer;
    answer.status = 204;
    if (request.path == "*")
        return answer;
    if (match.allowed.isEmpty())
        return answerMismatch(request, match);
    const QByteArray allowed = (match.allowed + QByteArrayList{"OPTIONS"}).join(", ");
    answer.fields.append(HttpField("Allow", allowed));
    if (!request.field("Access-Control-Request-Method").isEmpty()) {
        answer.fields.append(HttpField("Access-Control-Allow-Methods", allowed));
        answer.fields.append(HttpField("Access-Control-Allow-Headers", "Authorization, Content-Type"));
        answer.fields.append(HttpField("Access-Control-Max-Age", "86400"));
    }
    return answer;
}

void RestService::addCors(const HttpRequest &request, HttpAnswer &answer) const
{
    const QByteArray origin = request.field("Origin");
    const bool everyone = m_corsOrigins.contains(u"*"_s);
    const bool allowed = everyone || m_corsOrigins.contains(QString::fromLatin1(origin));
    if (!everyone && !m_corsOrigins.isEmpty())
        answer.fields.append(HttpField("Vary", "Origin"));
    if (!origin.isEmpty() && allowed) {
        answer.fields.append(HttpField("Access-Control-Allow-Origin", everyone ? QByteArray("*") : origin));
        answer.fields.append(HttpField("Access-Control-Expose-Headers", "Retry-After"));
        return;
    }
    // A preflight that is not allowed says nothing about what would be.
    answer.fields.removeIf([](const HttpField &field) { return field.first.startsWith("Access-Control-"); });
}

} // namespace confab::server
