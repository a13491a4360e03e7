// SPDX-License-Identifier: MIT
#include "client-sdk/src/outbox/DeliveryMarks.h"

#include "client-sdk/src/engine/Log.h"

namespace confab::client {

namespace {
constexpr int kAtOnce = 100;         ///< As many as the server takes.
constexpr qint64 kMostMembers = 100; ///< Above, the server tells nobody.
} // namespace

DeliveryMarks::DeliveryMarks(LocalStore &store, Connection &connection, const SyncTimings &timings, QObject *parent)
    : QObject(parent), m_store(store), m_connection(connection), m_timings(timings)
{
    m_gathering.setParent(this);
    m_gathering.setSingleShot(true);
    m_gathering.callOnTimeout(this, &DeliveryMarks::send);
}

void DeliveryMarks::wake()
{
    if (!m_underWay && !m_gathering.isActive() && m_connection.isEstablished())
        m_gathering.start(m_timings.deliveryMs);
}

void DeliveryMarks::connected()
{
    m_underWay = false;
    wake();
}

void DeliveryMarks::connectionLost()
{
    m_underWay = false;
    m_gathering.stop();
}

void DeliveryMarks::send()
{
    if (m_underWay || !m_connection.isEstablished())
        return;
    const QList<DeliveredUpTo> marks = m_store.notes().deliveryMarks(kAtOnce);
    MarkDelivered op;
    QList<DeliveredUpTo> idle;
    for (const DeliveredUpTo &mark : marks)
        (isWorthTelling(mark) ? op.positions : idle).append(mark);
    settle(idle);
    if (op.positions.isEmpty()) {
        // What was settled was as much as is looked at together: there may be more.
        if (marks.size() == kAtOnce)
            wake();
        return;
    }
    m_underWay = true;
    m_connection.call(op, [this, sent = op.positions](const Result<Empty> &reply) { answered(sent, reply); });
}

bool DeliveryMarks::isWorthTelling(const DeliveredUpTo &mark)
{
    const std::optional<StoredConversation> row = m_store.conversations().find(mark.conversationId);
    return row && row->membership.readUpTo < mark.messageId && row->conversation.memberCount <= kMostMembers;
}

void DeliveryMarks::answered(const QList<DeliveredUpTo> &sent, const Result<Empty> &reply)
{
    m_underWay = false;
    if (!reply && reply.error().kind() != ErrorKind::Refused) {
        if (m_connection.isEstablished())
            m_gathering.start(m_timings.tryAgainMs);
        return;
    }
    if (!reply)
        qCWarning(lcOutbox) << "deliveries refused:" << reply.error().message;
    settle(sent);
    if (!m_store.notes().deliveryMarks(1).isEmpty())
        wake();
}

void DeliveryMarks::settle(const QList<DeliveredUpTo> &marks)
{
    if (marks.isEmpty())
        return;
    const Result<Done> done = m_store.write(Durability::Soon, [&] { m_store.notes().settleDeliveries(marks); });
    if (!done)
        qCWarning(lcOutbox) << "deliveries not settled:" << done.error().message;
}

} // namespace confab::client
