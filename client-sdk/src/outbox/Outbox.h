// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/store/LocalStore.h"
#include "client-sdk/src/sync/ConversationSync.h"

namespace confab::client {

/// Waits of a sender between attempts that failed for now, in milliseconds.
struct OutboxTimings
{
    qint64 backoffBaseMs = 1'000;
    qint64 backoffMaxMs = 60'000;
};

/// Brings the items of the outbox to the server: in order within a conversation, one at a time, and no conversation
/// waits for another.
///
/// An item is marked on disk before it leaves. What became of one that was under way when a connection or the process
/// ended is not known; it is sent again with the same clientId, which the server answers with the first result.
class Outbox : public QObject
{
    Q_OBJECT

public:
    Outbox(LocalStore &store, Connection &connection, ConversationSync &sync, const OutboxTimings &timings,
           std::function<double()> random, QObject *parent = nullptr);

    void setLimits(const Limits &limits) { m_limits = limits; }

    /// Whether a message of this text fits into a frame of the server's; the refusal otherwise.
    static Result<Done> checkFrame(const QString &text, const Limits &limits);
    /// The hello was answered: send what waits.
    void connected();
    void connectionLost(CloseReason reason);
    /// Something was queued in a conversation, or what stood in its way is gone.
    void wake(ConversationId id);

Q_SIGNALS:
    void sessionOver();
    void writeFailed(const confab::Error &error);

private:
    void send(const OutboxItem &item);
    template<typename Op>
    void sendOp(const OutboxItem &item, const Op &op);
    void answered(const OutboxItem &item, const Result<Message> &reply);
    void refused(const OutboxItem &item, const Error &error);
    void waitFor(ConversationId id, qint64 atLeastMs);

    LocalStore &m_store;
    Connection &m_connection;
    ConversationSync &m_sync;
    OutboxTimings m_timings;
    std::function<double()> m_random;
    Limits m_limits;
    QHash<ConversationId, OutboxItem> m_underWay;
    QHash<ConversationId, Backoff> m_backoffs;
    QSet<ConversationId> m_waiting;
    int m_connectionNumber = 0; ///< Waits of an earlier connection have no effect.
    bool m_online = false;
};

} // namespace confab::client
