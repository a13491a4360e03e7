// SPDX-License-Identifier: MIT
#include "client-sdk/src/outbox/Outbox.h"

#include "client-sdk/src/engine/Log.h"

#include <algorithm>
#include <chrono>

namespace confab::client {

using namespace Qt::StringLiterals;
using Kind = OutboxItem::Kind;

namespace {

// What a request's frame holds beside its text: names, ids and lengths.
constexpr qint64 kFrameOverhead = 512;

} // namespace

Outbox::Outbox(LocalStore &store, Connection &connection, ConversationSync &sync, const OutboxTimings &timings,
               std::function<double()> random, QObject *parent)
    : QObject(parent), m_store(store), m_connection(connection), m_sync(sync), m_timings(timings),
      m_random(std::move(random))
{
}

void Outbox::connected()
{
    m_online = true;
    ++m_connectionNumber;
    m_underWay.clear();
    m_waiting.clear();
    m_backoffs.clear();
    const Result<Done> done = m_store.write(Durability::Flushed, [&] { m_store.outbox().requeueAll(); });
    if (!done)
        Q_EMIT writeFailed(done.error());
    for (const ConversationId &id : m_store.outbox().conversations())
        wake(id);
}

void Outbox::connectionLost(CloseReason reason)
{
    m_online = false;
    const QHash<ConversationId, OutboxItem> underWay = std::exchange(m_underWay, {});
    if (reason != CloseReason::TooLarge || underWay.isEmpty())
        return;
    // A frame above the server's limit ends the connection; sent again it would do so for ever.
    const auto largest =
        std::max_element(underWay.begin(), underWay.end(),
                         [](const OutboxItem &a, const OutboxItem &b) { return a.text.size() < b.text.size(); });
    refused(*largest, Error::tooLarge(u"text"_s, u"The message is too long for this server."_s));
}

void Outbox::wake(ConversationId id)
{
    if (!m_online || m_underWay.contains(id) || m_waiting.contains(id))
        return;
    std::optional<OutboxItem> item;
    const Result<Done> done = m_store.write(Durability::Flushed, [&] {
        m_store.outbox().requeue(id); // of a write that failed earlier: nothing of it is under way now
        item = m_store.outbox().next(id);
        if (item)
            m_store.outbox().markSending(*item);
    });
    if (!done) {
        Q_EMIT writeFailed(done.error());
        waitFor(id, 0);
    } else if (item) {
        send(*item);
    }
}

Result<Done> Outbox::checkFrame(const QString &text, const Limits &limits)
{
    const qint64 most = limits.frameBytes - kFrameOverhead;
    if (text.toUtf8().size() > most)
        return Error::tooLarge(u"text"_s, u"The message is too long: this server takes %1 bytes."_s.arg(most));
    return Done{};
}

void Outbox::send(const OutboxItem &item)
{
    if (const Result<Done> fits = checkFrame(item.text, m_limits); !fits) {
        refused(item, fits.error());
        return;
    }
    m_underWay.insert(item.conversationId, item);
    switch (item.kind) {
    case Kind::Send: {
        SendMessage op;
        op.conversationId = item.conversationId;
        op.clientId = item.clientId;
        op.text = item.text;
        if (item.replyTo != 0)
            op.replyTo = item.replyTo;
        sendOp(item, op);
        break;
    }
    case Kind::Edit: {
        EditMessage op;
        op.conversationId = item.conversationId;
        op.messageId = item.messageId;
        op.text = item.text;
        sendOp(item, op);
        break;
    }
    case Kind::Delete: {
        DeleteMessage op;
        op.conversationId = item.conversationId;
        op.messageId = item.messageId;
        sendOp(item, op);
        break;
    }
    }
}

template<typename Op>
void Outbox::sendOp(const OutboxItem &item, const Op &op)
{
    m_connection.call(op, [this, item](const Result<Message> &reply) { answered(item, reply); });
}

void Outbox::answered(const OutboxItem &item, const Result<Message> &reply)
{
    const auto underWay = m_underWay.constFind(item.conversationId);
    if (underWay == m_underWay.cend() || underWay->seq != item.seq)
        return;
    if (!reply && !m_connection.isOpen())
        return; // connectionLost() follows, and the next connection sends it again
    m_underWay.erase(underWay);
    if (reply) {
        const Result<Done> done = m_sync.takeReply(item, *reply);
        if (!done) {
            Q_EMIT writeFailed(done.error());
            waitFor(item.conversationId, 0);
            return;
        }
        m_backoffs.remove(item.conversationId);
        wake(item.conversationId);
        return;
    }
    const Error &error = reply.error();
    qCInfo(lcOutbox) << "item" << item.seq << "answered" << errorTraits(error.code).wireName;
    switch (error.kind()) {
    case ErrorKind::Refused:
        refused(item, error);
        break;
    case ErrorKind::SessionOver: {
        m_online = false;
        const Result<Done> done = m_store.write(Durability::Flushed, [&] { m_store.outbox().markQueued(item); });
        if (!done)
            Q_EMIT writeFailed(done.error());
        Q_EMIT sessionOver();
        break;
    }
    case ErrorKind::TryAgain:
        waitFor(item.conversationId, error.retryAfterMs);
        break;
    }
}

void Outbox::refused(const OutboxItem &item, const Error &error)
{
    // Gone already is what a deletion wants. Of a message that is shown, or a conversation that was lost, notFound says
    // something else: that it is not ours to delete any more.
    const std::optional<Message> shown = m_store.messages().find(item.conversationId, item.messageId);
    const bool isMoot = item.kind == Kind::Delete && error.code == ErrorCode::NotFound &&
                        m_store.conversations().contains(item.conversationId) && (!shown || shown->deleted);
    const Result<Done> done = m_store.write(Durability::Flushed, [&] {
        if (!m_store.outbox().item(item.seq))
            return; // its echo came, so the server has it
        if (isMoot)
            m_store.outbox().remove(item);
        else
            m_store.outbox().markFailed(item, error, rowKey(m_store.me().id, item.clientId));
    });
    if (!done) {
        Q_EMIT writeFailed(done.error());
        waitFor(item.conversationId, 0);
        return;
    }
    wake(item.conversationId);
}

void Outbox::waitFor(ConversationId id, qint64 atLeastMs)
{
    auto backoff = m_backoffs.find(id);
    if (backoff == m_backoffs.end())
        backoff = m_backoffs.insert(id, Backoff(m_timings.backoffBaseMs, m_timings.backoffMaxMs));
    m_waiting.insert(id);
    const auto delay = std::chrono::milliseconds(backoff->nextMs(m_random(), atLeastMs));
    QTimer::singleShot(delay, this, [this, id, number = m_connectionNumber] {
        if (number != m_connectionNumber)
            return;
        m_waiting.remove(id);
        wake(id);
    });
}

} // namespace confab::client
