// SPDX-License-Identifier: MIT
#include "client-sdk/src/outbox/ReadMarks.h"

#include "client-sdk/src/engine/Log.h"

namespace confab::client {

using namespace Qt::StringLiterals;

ReadMarks::ReadMarks(LocalStore &store, Connection &connection, int tryAgainMs, QObject *parent)
    : QObject(parent), m_store(store), m_connection(connection), m_tryAgainMs(tryAgainMs)
{
}

Result<Done> ReadMarks::markRead(ConversationId id, MessageId messageId)
{
    const std::optional<StoredConversation> row = m_store.conversations().find(id);
    if (!row || messageId < 1)
        return Error::notFound(u"There is no such message here."_s);
    const std::optional<ReadMark> mark = m_store.notes().readMark(id);
    const MessageId known = qMax(row->membership.readUpTo, mark ? mark->messageId : 0);
    const bool isFlagged = mark ? mark->markUnread || row->membership.markedUnread : row->membership.markedUnread;
    if (messageId <= known && !isFlagged)
        return Done{};
    Result<Done> done =
        m_store.write(Durability::Flushed, [&] { m_store.notes().markRead(id, qMax(known, messageId)); });
    if (done)
        wake(id);
    return done;
}

Result<Done> ReadMarks::markUnread(ConversationId id)
{
    if (!m_store.conversations().contains(id))
        return Error::notFound(u"There is no such conversation here."_s);
    Result<Done> done = m_store.write(Durability::Flushed, [&] { m_store.notes().markUnread(id); });
    if (done)
        wake(id);
    return done;
}

void ReadMarks::connected()
{
    m_underWay.clear();
    for (const ReadMark &mark : m_store.notes().readMarks())
        wake(mark.conversationId);
}

void ReadMarks::connectionLost()
{
    m_underWay.clear();
}

void ReadMarks::wake(ConversationId id)
{
    const std::optional<ReadMark> mark = m_store.notes().readMark(id);
    if (!mark || m_underWay.contains(id) || !m_connection.isEstablished())
        return;
    m_underWay.insert(id);
    if (mark->messageId > 0) {
        MarkRead op;
        op.conversationId = id;
        op.messageId = mark->messageId;
        m_connection.call(op, [this, id, sent = op.messageId](const Result<ReadState> &reply) {
            answered(id, reply, [this, id, sent] { m_store.notes().settlePosition(id, sent); });
        });
    } else {
        MarkUnread op;
        op.conversationId = id;
        m_connection.call(op, [this, id](const Result<ReadState> &reply) {
            answered(id, reply, [this, id] { m_store.notes().settleFlag(id); });
        });
    }
}

void ReadMarks::answered(ConversationId id, const Result<ReadState> &reply, const std::function<void()> &settle)
{
    m_underWay.remove(id);
    if (!reply && reply.error().kind() != ErrorKind::Refused) {
        if (m_connection.isEstablished())
            QTimer::singleShot(m_tryAgainMs, this, [this, id] { wake(id); });
        return;
    }
    const Result<Done> done = m_store.write(Durability::Soon, [&] {
        if (!reply) {
            m_store.notes().removeReadMark(id);
            return;
        }
        m_store.conversations().putReadState(*reply);
        settle();
    });
    if (done)
        wake(id);
    else
        qCWarning(lcOutbox) << "read position not settled:" << done.error().message;
}

} // namespace confab::client
