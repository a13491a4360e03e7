// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/http/HttpParser.h"
#include "server/gateway/http/RestService.h"
#include "server/gateway/net/ByteStream.h"
#include "server/gateway/websocket/Session.h"

#include <QtNetwork/QHostAddress>

#include <memory>

namespace confab::server {

/// One connection while it speaks HTTP: requests one after another, until it closes or becomes a WebSocket.
///
/// While a request is answered nothing is read, so a client cannot pile up more than one read's worth.
class HttpSession final : public std::enable_shared_from_this<HttpSession>,
                          public Connection,
                          private StreamReceiver,
                          private Deadline
{
public:
    /// Both references outlive the session. With a place over its address's limit it is told so and ends.
    static std::shared_ptr<HttpSession> start(const SessionContext &context, RestService &rest,
                                              std::unique_ptr<ByteStream> stream, const QHostAddress &peer,
                                              NodeLimits::Place place);
    ~HttpSession() override;

    void drain() override;
    void cut() override;
    qint64 bytesWaiting() const override { return m_stream ? m_stream->bytesWaiting() : 0; }

private:
    enum class State : quint8 {
        Reading,   ///< Between requests or within one.
        Answering, ///< A request is with its handler.
        Closing,   ///< The last answer was sent: what still comes is thrown away, so that it is not lost to a reset.
        Over,
    };

    HttpSession(const SessionContext &context, RestService &rest, std::unique_ptr<ByteStream> stream,
                const QHostAddress &peer);

    void bytesArrived(QByteArrayView bytes) override;
    void peerFinished() override;
    void streamEnded() override;
    void due(qint64 nowMs) override;

    void advance();
    void watchRequest();
    void takeRequest();
    void upgrade(const HttpRequest &request, const QHostAddress &client);
    static Task<Done> serve(std::shared_ptr<HttpSession> self, HttpRequest request, QString address);
    void send(const HttpAnswer &answer, bool isHead, bool keepAlive);
    void finish();

    const SessionContext &m_context;
    RestService &m_rest;
    std::unique_ptr<ByteStream> m_stream;
    std::unique_ptr<HttpParser> m_parser;
    const QHostAddress m_peer;
    NodeLimits::Place m_place;
    const qint64 m_acceptedMs;
    qint64 m_lastWaiting = 0; // bytes that waited when the idle deadline was last looked at
    State m_state = State::Reading;
    bool m_advancing = false;
    bool m_requestWatched = false; // the deadline is that of a request that has begun
    bool m_bodyWatched = false;
    bool m_spoke = false; // at least one request came whole
    bool m_draining = false;
};

} // namespace confab::server
