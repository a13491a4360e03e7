// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Backoff.h"
#include "client-sdk/src/connection/Transport.h"
#include "shared/core/Clock.h"
#include "shared/core/Result.h"
#include "shared/protocol/CloseReason.h"
#include "shared/protocol/Codec.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QHash>
#include <QtCore/QTimer>

#include <optional>

namespace confab::client {

/// How long a connection waits for what, in milliseconds.
///
/// A dead peer is noticed at most pingAfter + pongWithin after its last sign of life: 30 s by default, and 1.5 times
/// the server's heartbeat where that is shorter.
struct ConnectionTimings
{
    qint64 handshakeMs = 10'000; ///< From the start of an attempt to an open socket.
    qint64 helloMs = 45'000; ///< From there to established(): after an absence its answer is long, and lines narrow.
    qint64 pingAfterMs = 20'000; ///< Silence after which the peer is asked for a sign of life.
    qint64 pongWithinMs = 10'000;
    qint64 freshMs = 2'000; ///< A sign of life older than this is asked for anew when something is sent.
    qint64 callMs = 60'000; ///< For a reply, while the peer lives.
    qint64 backoffBaseMs = 1'000;
    qint64 backoffMaxMs = 60'000;
    qint64 supersededMs = 30'000; ///< Before the place that another socket of the session took is asked back.
    qint64 settledMs = 600'000;   ///< A connection that stood so long forgets how often it was superseded before.
    qint64 watchMs = 5'000;       ///< Between looks at the clocks.
    qint64 jumpMs = 10'000;       ///< A look that is later than this by either clock means that the machine slept.
};

/// Keeps one socket to the server as long as it is wanted: attempts, backoff, heartbeat, requests and their replies.
///
/// Belongs to the thread it lives in. Nothing of an older attempt has an effect: its transport is gone and its pending
/// calls are answered `unavailable` when it ends.
class Connection : public QObject
{
    Q_OBJECT

public:
    using RawCallback = std::function<void(Result<QByteArray> body)>;

    Connection(TransportFactory makeTransport, const Clock &clock, const ConnectionTimings &timings,
               std::function<double()> random, QObject *parent = nullptr);
    ~Connection() override;

    /// Wants a connection to \a url from now on and makes the first attempt at once. The first one is a person's
    /// (or an app's start); those after a loss are spread by the backoff.
    void start(const QUrl &url);
    void stop();
    /// The hello was answered: the attempt has succeeded and the backoff begins anew with the next loss. A
    /// \a heartbeatMs above 0 is the server's and shortens the waits for a sign of life.
    void established(qint64 heartbeatMs = 0);
    /// The hello failed for now: end this attempt; the next comes after the backoff, at least \a afterMs from now.
    void giveUpAttempt(const QString &why, qint64 afterMs = 0);
    /// Ends a waiting at once, or makes sure that the present socket is alive.
    void probe();
    /// Replaces the socket whatever its state: what it says of itself is not to be believed.
    void reconnectNow();

    /// What the server said at hello: within which time all its clients are to come back when they lose it, and the
    /// largest frame it takes. A request above that is answered `tooLarge` here, for it would end the connection.
    void setReconnectSpread(qint64 spreadMs) { m_spreadMs = spreadMs; }
    void setFrameBytes(qint64 bytes) { m_frameBytes = bytes; }

    bool isOpen() const { return m_open; }
    bool isEstablished() const { return m_established; }

    /// Sends a request; \a callback is called once, later, in this thread.
    void callRaw(const char *op, const QByteArray &params, RawCallback callback);

    template<typename Op>
    void call(const Op &op, std::function<void(Result<typename Op::Reply>)> callback)
    {
        callRaw(Op::kInfo.name, encodeCbor(op), [callback = std::move(callback)](Result<QByteArray> body) {
            if (body)
                callback(decodeReply<typename Op::Reply>(*body));
            else
                callback(body.error());
        });
    }

    /// A reply that cannot be read is "try again": it is not in our own shape.
    template<typename Reply>
    static Result<Reply> decodeReply(const QByteArray &body)
    {
        Result<Reply> reply = decodeCbor<Reply>(body, Strictness::Reply);
        if (!reply)
            return Error::unavailable(QStringLiteral("The server's answer could not be read."));
        return reply;
    }

Q_SIGNALS:
    /// A socket is open: the hello is to be sent.
    void opened();
    void eventReceived(const QByteArray &name, const QByteArray &body);
    /// An attempt ended, before or after it was established. Another follows after \a retryInMs; -1: only when asked by
    /// probe(), because another program uses the session.
    void lost(confab::CloseReason reason, const QString &why, qint64 retryInMs);
    /// The server ended the session: no attempt follows.
    void sessionOver(confab::CloseReason reason);

private:
    struct PendingCall
    {
        RawCallback callback;
        qint64 deadline;
    };

    void attempt();
    void dropTransport();
    void ended(int closeCode, const QString &why, qint64 atLeastMs = 0);
    std::optional<qint64> nextAttemptMs(CloseReason reason, const QString &why, qint64 atLeastMs);
    void frameReceived(const QByteArray &frame);
    qint64 pingAfterMs() const;
    qint64 pongWithinMs() const;
    void signOfLife();
    void askForLife();
    void watchClocks();
    void failCalls(const Error &error);
    void expireCalls();

    TransportFactory m_makeTransport;
    const Clock &m_clock;
    ConnectionTimings m_timings;
    std::function<double()> m_random;
    Backoff m_backoff;
    std::unique_ptr<Transport> m_transport;
    QUrl m_url;
    bool m_wanted = false;
    bool m_open = false;
    bool m_established = false;
    qint64 m_heartbeatMs = 0;   ///< Of the server; 0 before its hello.
    bool m_resting = false;     ///< Wanted, but no attempt follows until probe().
    int m_superseded = 0;       ///< How often in a row another socket took the session's place.
    qint64 m_establishedMs = 0; ///< When the connection was established.
    qint64 m_spreadMs = 0;      ///< As the server said.
    qint64 m_lossSpreadMs = 0;  ///< That attempts since the last loss are spread over.
    qint64 m_frameBytes = 0;    ///< 0: not known yet.
    qint64 m_nextId = 1;
    QHash<qint64, PendingCall> m_calls;
    QTimer m_retry;
    QTimer m_handshake;
    QTimer m_silence;
    QTimer m_pong;
    QTimer m_watch;
    qint64 m_lastUtcMs = 0;
    qint64 m_lastMonotonicMs = 0;
};

} // namespace confab::client
