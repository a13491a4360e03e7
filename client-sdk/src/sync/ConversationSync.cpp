// SPDX-License-Identifier: MIT
#include "client-sdk/src/sync/ConversationSync.h"

#include "client-sdk/src/engine/Log.h"

#include <algorithm>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

// Held back per conversation; more means that a catch-up is due anyway, which brings them all.
constexpr qsizetype kMaxHeld = 500;

} // namespace

Revision revisionOf(const ConversationEvent &event)
{
    return std::visit([](const auto &row) { return row.revision; }, event);
}

ConversationId conversationOf(const ConversationEvent &event)
{
    struct Visitor
    {
        ConversationId operator()(const Message &row) const { return row.conversationId; }
        ConversationId operator()(const Member &row) const { return row.conversationId; }
        ConversationId operator()(const Conversation &row) const { return row.id; }
    };
    return std::visit(Visitor{}, event);
}

ConversationSync::ConversationSync(LocalStore &store, Connection &connection, const SyncTimings &timings,
                                   QObject *parent)
    : QObject(parent), m_store(store), m_connection(connection), m_timings(timings)
{
}

void ConversationSync::take(const ConversationEvent &event)
{
    const ConversationId id = conversationOf(event);
    const std::optional<StoredConversation> row = m_store.conversations().find(id);
    if (!row)
        return; // the account's own event brings a conversation that is new to us
    const Revision revision = revisionOf(event);
    if (isCatchingUp(id) || row->cursor == 0) {
        hold(event);
        if (row->cursor == 0)
            catchUp(id);
    } else if (revision <= row->cursor + 1) {
        store(event, revision == row->cursor + 1);
        drain(id);
    } else {
        hold(event);
        checkSoon(id);
    }
}

Result<Done> ConversationSync::takeReply(const OutboxItem &item, const Message &message)
{
    const ConversationId id = item.conversationId;
    const std::optional<StoredConversation> row = m_store.conversations().find(id);
    const bool isNext = row && !isCatchingUp(id) && row->cursor > 0 && message.revision == row->cursor + 1;
    Result<Done> done = m_store.write(Durability::Soon, [&] {
        if (item.kind == OutboxItem::Kind::Send)
            m_store.outbox().acknowledge(id, item.clientId, message.id);
        m_store.outbox().remove(item);
        if (row)
            putMessage(message);
        if (isNext)
            m_store.conversations().setCursor(id, message.revision);
    });
    if (!done || !row)
        return done;
    if (isNext) {
        drain(id);
    } else {
        expect(id, message.revision);
    }
    return done;
}

void ConversationSync::store(const ConversationEvent &event, bool movesCursor)
{
    const ConversationId id = conversationOf(event);
    const Result<Done> done = write([&] {
        applyRow(event);
        if (movesCursor)
            m_store.conversations().setCursor(id, revisionOf(event));
    });
    if (!done || !movesCursor)
        return;
    const auto *message = std::get_if<Message>(&event);
    if (message && message->id == message->revision && !message->deleted && message->senderId != m_store.me().id)
        Q_EMIT messageReceived(*message);
}

void ConversationSync::applyRow(const ConversationEvent &event)
{
    if (const auto *message = std::get_if<Message>(&event))
        putMessage(*message);
    else if (const auto *member = std::get_if<Member>(&event))
        m_store.people().putMember(*member);
    else
        m_store.conversations().putConversation(std::get<Conversation>(event));
}

void ConversationSync::putMessage(const Message &message)
{
    const ConversationId id = message.conversationId;
    const bool isInHole = m_store.putMessage(message, m_store.me().id) == PutOutcome::InHole;
    if (isInHole) {
        for (Fill &fill : m_fills[id]) {
            if (message.id > fill.hole.after && message.id < fill.hole.before)
                fill.changed.insert(message.id, message);
        }
    }
    if (!message.deleted)
        return;
    const std::optional<StoredConversation> row = m_store.conversations().find(id);
    if (isInHole || (row && row->membership.unread >= kUnreadCap))
        Q_EMIT unreadUncertain(id);
}

void ConversationSync::hold(const ConversationEvent &event)
{
    QList<ConversationEvent> &held = m_held[conversationOf(event)];
    if (held.size() >= kMaxHeld)
        held.removeFirst();
    held.append(event);
}

// Applies what was held back as far as it goes on without a gap.
void ConversationSync::drain(ConversationId id)
{
    const auto found = m_held.find(id);
    if (found == m_held.end() || isCatchingUp(id))
        return;
    QList<ConversationEvent> held = std::exchange(*found, {});
    m_held.erase(found);
    std::stable_sort(held.begin(), held.end(), [](const ConversationEvent &a, const ConversationEvent &b) {
        return revisionOf(a) < revisionOf(b);
    });
    for (const ConversationEvent &event : held) {
        const std::optional<StoredConversation> row = m_store.conversations().find(id);
        if (!row)
            return;
        const Revision revision = revisionOf(event);
        if (revision <= row->cursor + 1)
            store(event, revision == row->cursor + 1);
        else
            hold(event);
    }
    if (m_held.contains(id))
        checkSoon(id);
}

void ConversationSync::checkSoon(ConversationId id)
{
    if (m_looking.contains(id))
        return;
    m_looking.insert(id);
    QTimer::singleShot(m_timings.gapMs, this, [this, id] { look(id); });
}

void ConversationSync::expect(ConversationId id, Revision revision)
{
    const std::optional<StoredConversation> row = m_store.conversations().find(id);
    if (!row || row->cursor >= revision)
        return;
    m_expected[id] = qMax(m_expected.value(id), revision);
    checkSoon(id);
}

void ConversationSync::look(ConversationId id)
{
    if (!m_looking.remove(id) || isCatchingUp(id))
        return;
    const std::optional<StoredConversation> row = m_store.conversations().find(id);
    if (!row)
        return;
    const bool expectsMore = m_expected.value(id) > row->cursor;
    if (!expectsMore)
        m_expected.remove(id);
    if (row->cursor < row->head || row->catchUpBase >= 0 || expectsMore || m_held.contains(id))
        catchUp(id);
}

void ConversationSync::catchUp(ConversationId id)
{
    if (isCatchingUp(id) || !m_connection.isEstablished())
        return;
    m_waiting.append(id);
    Q_EMIT catchingUpChanged();
    startNext();
}

void ConversationSync::startNext()
{
    while (!m_waiting.isEmpty() && m_running.size() < m_timings.parallelCatchUps) {
        const ConversationId id = m_waiting.takeFirst();
        m_running.insert(id);
        request(id);
    }
}

void ConversationSync::request(ConversationId id)
{
    const std::optional<StoredConversation> row = m_store.conversations().find(id);
    if (!row) {
        m_running.remove(id);
        Q_EMIT catchingUpChanged();
        return;
    }
    GetConversationChanges op;
    op.conversationId = id;
    op.base = row->catchUpBase >= 0 ? row->catchUpBase : row->cursor;
    op.after = row->catchUpBase >= 0 ? row->catchUpAfter : row->cursor;
    op.limit = m_timings.pageLimit;
    op.newLimit = m_timings.newLimit;
    m_connection.call(op, [this, id, base = *op.base, after = op.after](const Result<ConversationChanges> &page) {
        pageArrived(id, base, after, page);
    });
}

void ConversationSync::pageArrived(ConversationId id, MessageId base, Revision after,
                                   const Result<ConversationChanges> &page)
{
    if (!m_running.contains(id))
        return;
    Result<Done> stored = Done{};
    if (page) {
        // Only the place it was asked for: a voided conversation begins anew.
        const std::optional<StoredConversation> row = m_store.conversations().find(id);
        const bool isCurrent = row && (row->catchUpBase >= 0 ? row->catchUpBase == base : row->cursor == base);
        if (isCurrent && page->more && page->revision <= after)
            stored = Error::unavailable(u"The server repeats a page."_s);
        else if (isCurrent)
            stored = write([&] { applyPage(*page, base); });
        if (stored && (!isCurrent || page->more)) {
            request(id);
            return;
        }
    }
    m_running.remove(id);
    if (page && stored) {
        if (m_store.conversations().withOldNumbers().contains(id))
            Q_EMIT unreadUncertain(id);
        drain(id);
    } else if (!page && page.error().kind() == ErrorKind::Refused) {
        qCWarning(lcSync) << "changes refused:" << page.error().message;
        if (page.error().code == ErrorCode::NotFound)
            Q_EMIT conversationGone(id);
    } else if (m_connection.isEstablished()) {
        QTimer::singleShot(m_timings.tryAgainMs, this, [this, id] { catchUp(id); });
    }
    startNext();
    Q_EMIT catchingUpChanged();
}

void ConversationSync::applyPage(const ConversationChanges &page, MessageId base)
{
    const ConversationId id = page.conversationId;
    if (page.conversation)
        m_store.conversations().putConversation(*page.conversation);
    for (const Member &member : page.members)
        m_store.people().putMember(member);
    m_store.messages().addHole(id, page.hole);
    for (const Message &message : page.messages)
        putMessage(message);
    if (page.more)
        m_store.conversations().setCatchUp(id, page.revision, base);
    else
        m_store.conversations().finishCatchUp(id, page.revision);
    m_store.changes().conversations.insert(id);
}

void ConversationSync::pageApplied(const ConversationChanges &page)
{
    if (page.more)
        catchUp(page.conversationId);
    else
        drain(page.conversationId);
}

void ConversationSync::fillHole(ConversationId id, const Hole &hole, std::function<void(Result<Done>)> callback)
{
    if (!m_store.messages().holdsHole(id, hole)) {
        callback(Done{});
        return;
    }
    QList<Fill> &fills = m_fills[id];
    for (Fill &fill : fills) {
        if (fill.hole == hole) {
            fill.callbacks.append(std::move(callback));
            return;
        }
    }
    fills.append({hole, {std::move(callback)}, {}});
    GetHistory op;
    op.conversationId = id;
    op.before = hole.before;
    op.after = hole.after;
    op.limit = m_timings.holeLimit;
    m_connection.call(op, [this, id, hole](const Result<MessagePage> &page) { historyArrived(id, hole, page); });
}

void ConversationSync::historyArrived(ConversationId id, const Hole &hole, const Result<MessagePage> &page)
{
    QList<Fill> &fills = m_fills[id];
    const auto found = std::find_if(fills.begin(), fills.end(), [&](const Fill &fill) { return fill.hole == hole; });
    if (found == fills.end())
        return;
    const Fill fill = *found;
    fills.erase(found);
    Result<Done> done = Done{};
    if (!page) {
        done = page.error();
    } else if (m_store.messages().holdsHole(id, hole)) {
        done = write([&] {
            if (page->more && !page->messages.isEmpty())
                m_store.messages().shrinkHole(id, hole, page->messages.last().id);
            else
                m_store.messages().closeHole(id, hole);
            for (const Message &message : page->messages) {
                // What changed while the page was on its way had no row to land on then.
                const auto newer = fill.changed.constFind(message.id);
                putMessage(newer != fill.changed.cend() && newer->revision > message.revision ? *newer : message);
            }
        });
    }
    for (const auto &callback : fill.callbacks)
        callback(done);
}

void ConversationSync::forget(ConversationId id)
{
    m_waiting.removeAll(id);
    m_held.remove(id);
    m_expected.remove(id);
}

void ConversationSync::connectionLost()
{
    // Their calls were answered already, so what remains here waited for its turn. The next hello asks anew.
    m_waiting.clear();
    m_running.clear();
    m_held.clear();
    m_expected.clear();
    m_looking.clear();
    Q_EMIT catchingUpChanged();
}

Result<Done> ConversationSync::write(const std::function<void()> &body)
{
    Result<Done> done = m_store.write(Durability::Soon, body);
    if (!done)
        Q_EMIT writeFailed(done.error());
    return done;
}

} // namespace confab::client
