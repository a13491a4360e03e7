// SPDX-License-Identifier: MIT
#include "server/gateway/http/HttpSession.h"

#include "server/gateway/http/ProblemDetails.h"
#include "server/gateway/websocket/Handshake.h"
#include "server/gateway/websocket/WebSocketTransport.h"
#include "server/runtime/Log.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

QByteArray httpDate(qint64 utcMs)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(utcMs, Qt::UTC);
    return QLocale::c().toString(time, u"ddd, dd MMM yyyy hh:mm:ss 'GMT'").toLatin1();
}

} // namespace

std::shared_ptr<HttpSession> HttpSession::start(const SessionContext &context, RestService &rest,
                                                std::unique_ptr<ByteStream> stream, const QHostAddress &peer,
                                                NodeLimits::Place place)
{
    const std::shared_ptr<HttpSession> session(new HttpSession(context, rest, std::move(stream), peer));
    session->m_stream->setReceiver(session.get());
    context.wheel.set(*session, context.settings.handshakeMs);
    session->m_requestWatched = true;
    session->m_place = std::move(place);
    if (session->m_place.isOver())
        session->send(problemAnswer(context.limits.tooManyConnections()), false, false);
    return session;
}

HttpSession::HttpSession(const SessionContext &context, RestService &rest, std::unique_ptr<ByteStream> stream,
                         const QHostAddress &peer)
    : m_context(context), m_rest(rest), m_stream(std::move(stream)),
      m_parser(std::make_unique<HttpParser>(context.settings.headerBytes, context.settings.bodyBytes)), m_peer(peer),
      m_acceptedMs(context.wheel.nowMs())
{
}

HttpSession::~HttpSession() = default;

void HttpSession::bytesArrived(QByteArrayView bytes)
{
    if (m_state == State::Closing || m_state == State::Over)
        return;
    m_parser->append(bytes);
    advance();
}

void HttpSession::advance()
{
    if (m_advancing)
        return;
    m_advancing = true; // a request that is answered at once comes back here: the loop goes on, not the recursion
    while (m_state == State::Reading) {
        const HttpParser::Step step = m_parser->step();
        if (step == HttpParser::Step::NeedMore) {
            watchRequest();
            break;
        }
        if (step == HttpParser::Step::Continue) {
            m_stream->write("HTTP/1.1 100 Continue\r\n\r\n");
        } else if (step == HttpParser::Step::Fault) {
            const HttpFault &fault = m_parser->fault();
            send(problemAnswer(fault.status, QString::fromLatin1(fault.reason)), false, false);
        } else {
            takeRequest();
        }
    }
    m_advancing = false;
}

/// Sets the deadline that fits how far the request has come.
void HttpSession::watchRequest()
{
    if (m_parser->hasHeader() && !m_bodyWatched) {
        m_requestWatched = true;
        m_bodyWatched = true;
        m_context.wheel.set(*this, m_context.settings.bodyMs);
    } else if (m_parser->hasBegun() && !m_requestWatched) {
        m_requestWatched = true;
        m_context.wheel.set(*this, m_context.settings.handshakeMs);
    }
}

void HttpSession::takeRequest()
{
    m_spoke = true;
    HttpRequest request = m_parser->takeRequest();
    const QHostAddress client =
        m_context.settings.trustedProxies.clientAddress(m_peer, request.fieldsNamed("X-Forwarded-For"));
    if (request.path == kSocketPath && isUpgrade(request)) {
        upgrade(request, client);
        return;
    }
    const QString address = client.toString();
    m_state = State::Answering;
    m_stream->setReading(false);
    m_context.wheel.clear(*this);
    m_context.tasks.spawn(serve(shared_from_this(), std::move(request), address), "HTTP request");
}

Task<Done> HttpSession::serve(std::shared_ptr<HttpSession> self, HttpRequest request, QString address)
{
    const bool isHead = request.method == "HEAD";
    const bool keepAlive = request.keepAlive;
    const QHostAddress peer = self->m_peer;
    const Result<HttpAnswer> answer = co_await self->m_rest.answer(request, address, peer);
    if (self->m_state != State::Answering)
        co_return Done{}; // the client left before its answer
    self->send(*answer, isHead, keepAlive);
    self->advance();
    co_return Done{};
}

void HttpSession::send(const HttpAnswer &answer, bool isHead, bool keepAlive)
{
    ++m_context.counters.answers.at(static_cast<std::size_t>(answer.status) / 100);
    const bool stays = keepAlive && !answer.closes && !m_draining;
    QByteArray bytes = "HTTP/1.1 " + QByteArray::number(answer.status) + ' ' + reasonPhrase(answer.status) +
                       "\r\nDate: " + httpDate(m_context.clock.utcMs()) + "\r\n";
    if (!answer.contentType.isEmpty())
        bytes += "Content-Type: " + answer.contentType + "\r\n";
    if (answer.status != 204)
        bytes += "Content-Length: " + QByteArray::number(answer.body.size()) + "\r\n";
    bytes += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
    for (const HttpField &field : answer.fields)
        bytes += field.first + ": " + field.second + "\r\n";
    bytes += stays ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (!isHead)
        bytes += answer.body;
    m_stream->write(bytes);
    if (m_stream->bytesWaiting() > m_context.settings.replyBudgetBytes) {
        cut();
    } else if (!stays) {
        finish();
    } else {
        m_state = State::Reading;
        m_requestWatched = false;
        m_bodyWatched = false;
        m_lastWaiting = 0;
        m_context.wheel.set(*this, m_context.settings.idleMs);
        m_stream->setReading(true);
    }
}

void HttpSession::finish()
{
    m_state = State::Closing;
    m_stream->finish();
    m_stream->setReading(true);
    m_lastWaiting = m_stream->bytesWaiting();
    m_context.wheel.set(*this, m_context.settings.closingMs);
}

void HttpSession::upgrade(const HttpRequest &request, const QHostAddress &client)
{
    if (client != m_peer && m_context.settings.trustedProxies.trusts(m_peer)) {
        // Behind a proxy it is only now known whose connection this is.
        std::optional<NodeLimits::Place> place = m_context.limits.takePlace(client);
        if (!place || place->isOver()) {
            send(problemAnswer(m_context.limits.tooManyConnections()), false, false);
            return;
        }
        m_place = *std::move(place);
    }
    if (m_draining) {
        send(problemAnswer(Error::unavailable(u"This server is going away for a moment."_s, 1000)), false, false);
        return;
    }
    const std::variant<Handshake, HttpAnswer> outcome = answerUpgrade(request);
    if (const HttpAnswer *refusal = std::get_if<HttpAnswer>(&outcome)) {
        send(*refusal, false, false);
        return;
    }
    const Handshake &handshake = *std::get_if<Handshake>(&outcome);
    m_stream->write(handshake.response);
    m_state = State::Over;
    m_context.wheel.clear(*this);
    const QByteArray rest = m_parser->takeRest();
    auto transport =
        std::make_unique<WebSocketTransport>(std::move(m_stream), handshake.format, m_context.settings.frameBytes);
    WebSocketTransport &socket = *transport;
    const std::shared_ptr<Session> session = Session::start(m_context, std::move(transport), client.toString(),
                                                            m_acceptedMs + m_context.settings.handshakeMs);
    session->hold(std::move(m_place));
    // In this order, for it is one connection, which is not to be counted twice.
    m_context.host.release(this);
    m_context.host.adopt(session);
    if (!rest.isEmpty())
        socket.feed(rest);
}

void HttpSession::peerFinished()
{
    // With an answer under way the peer still waits for it; serve() then goes on and meets the end again.
    if (m_state == State::Reading)
        finish();
}

void HttpSession::streamEnded()
{
    m_state = State::Over;
    m_place = {};
    m_context.wheel.clear(*this);
    m_context.host.release(this);
}

void HttpSession::due(qint64)
{
    const qint64 waiting = m_stream->bytesWaiting();
    const bool progresses = waiting > 0 && waiting != m_lastWaiting;
    m_lastWaiting = waiting;
    if (m_state == State::Closing) {
        if (progresses)
            m_context.wheel.set(*this, m_context.settings.closingMs);
        else
            m_stream->abort();
    } else if (m_state == State::Reading && m_requestWatched && m_parser->hasBegun()) {
        send(problemAnswer(408, u"the request did not come in time"_s), false, false);
    } else if (m_state == State::Reading && progresses) {
        m_context.wheel.set(*this, m_context.settings.idleMs);
    } else if (m_state == State::Reading) {
        finish();
    }
}

void HttpSession::drain()
{
    m_draining = true;
    if (m_state != State::Reading || m_parser->hasBegun())
        return;
    if (m_spoke)
        finish();
    else
        m_context.wheel.set(*this, m_context.settings.closingMs); // its request is on its way
}

void HttpSession::cut()
{
    if (m_state == State::Over)
        return;
    m_state = State::Closing;
    m_stream->abort();
}

} // namespace confab::server
