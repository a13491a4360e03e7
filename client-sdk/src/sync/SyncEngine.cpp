// SPDX-License-Identifier: MIT
#include "client-sdk/src/sync/SyncEngine.h"

#include "client-sdk/src/engine/Log.h"

namespace confab::client {

using namespace Qt::StringLiterals;

SyncEngine::SyncEngine(LocalStore &store, Connection &connection, const SyncTimings &timings, QObject *parent)
    : QObject(parent), m_store(store), m_connection(connection), m_timings(timings),
      m_conversations(store, connection, timings, this), m_people(store, connection, timings, this)
{
    m_accountGap.setParent(this);
    m_accountGap.setSingleShot(true);
    m_accountGap.setInterval(timings.gapMs);
    connect(&m_accountGap, &QTimer::timeout, this, &SyncEngine::list);
    connect(&m_conversations, &ConversationSync::catchingUpChanged, this, &SyncEngine::updatingChanged);
    connect(&m_conversations, &ConversationSync::messageReceived, this, &SyncEngine::messageReceived);
    connect(&m_conversations, &ConversationSync::writeFailed, this, &SyncEngine::writeFailed);
    connect(&m_conversations, &ConversationSync::unreadUncertain, this, &SyncEngine::refreshEntry);
    connect(&m_conversations, &ConversationSync::conversationGone, this, [this](ConversationId id) {
        const Result<Done> done = m_store.write(Durability::Soon, [&] { m_store.dropConversation(id); });
        if (done)
            m_conversations.forget(id);
    });
}

Hello SyncEngine::makeHello(const QString &token) const
{
    Hello hello;
    hello.token = token;
    hello.protocolVersion = 1;
    if (const GenerationId generation = m_store.generation(); !generation.isNull()) {
        hello.generation = generation;
        hello.accountRevision = m_store.accountRevision();
        hello.cursors = m_store.conversations().cursors();
    }
    return hello;
}

Result<Done> SyncEngine::applyHello(const HelloReply &reply)
{
    QList<ConversationId> toCheck;
    Result<Done> done = m_store.write(Durability::Soon, [&] {
        const GenerationId held = m_store.generation();
        if (reply.resync || (!held.isNull() && held != reply.generation)) {
            qCWarning(lcSync) << "the server is another than before, or older: syncing in full";
            m_store.voidCache();
        }
        m_store.setGeneration(reply.generation);
        m_store.setMe(reply.user);
        m_store.setMeta(u"server"_s, encodeCbor(reply.server));
        m_store.setMeta(u"session"_s, encodeCbor(reply.session));
        applyEntries(reply.conversations, reply.gone, toCheck);
        for (const ConversationChanges &page : reply.changes) {
            if (const auto row = m_store.conversations().find(page.conversationId))
                m_conversations.applyPage(page, row->cursor);
        }
        putReceipts(reply.receipts);
        if (!reply.moreConversations)
            m_store.setAccountRevision(reply.accountRevision);
    });
    if (!done)
        return done;
    for (const ConversationId &id : reply.gone)
        m_conversations.forget(id);
    for (const ConversationChanges &page : reply.changes)
        m_conversations.pageApplied(page);
    for (const ConversationId &id : toCheck + reply.more) {
        const auto row = m_store.conversations().find(id);
        if (row && (row->cursor == 0 || row->cursor < row->head || reply.more.contains(id)))
            m_conversations.catchUp(id);
    }
    // What an earlier run began is finished even where nothing else changed since.
    const QList<ConversationId> withOldNumbers = m_store.conversations().withOldNumbers();
    for (const ConversationId &id : m_store.conversations().ids()) {
        const auto row = m_store.conversations().find(id);
        if (row && (row->cursor == 0 || row->catchUpBase >= 0))
            m_conversations.catchUp(id);
        else if (withOldNumbers.contains(id))
            refreshEntry(id);
    }
    m_people.connected();
    m_people.refresh(m_store.people().stale(reply.profiles));
    if (reply.moreConversations)
        list();
    m_entriesLeft = reply.entriesLeft;
    for (const ConversationId &id : withOldNumbers) {
        if (!m_entriesLeft.contains(id))
            m_entriesLeft.append(id);
    }
    fetchEntries();
    return done;
}

void SyncEngine::takeEvent(const QByteArray &name, const QByteArray &body)
{
    if (name == Message::kEvent) {
        if (const auto message = decoded<Message>(body))
            m_conversations.take(*message);
    } else if (name == Member::kEvent) {
        if (const auto member = decoded<Member>(body))
            m_conversations.take(*member);
    } else if (name == Conversation::kEvent) {
        if (const auto conversation = decoded<Conversation>(body))
            m_conversations.take(*conversation);
    } else if (name == AccountChange::kEvent) {
        if (const auto change = decoded<AccountChange>(body))
            takeAccountChange(*change);
    } else if (name == Typing::kEvent) {
        if (const auto typing = decoded<Typing>(body))
            Q_EMIT typingReceived(*typing);
    } else if (name == PresenceChanges::kEvent) {
        if (const auto changes = decoded<PresenceChanges>(body))
            Q_EMIT presenceReceived(*changes);
    } else if (name == OwnPresence::kEvent) {
        if (const auto own = decoded<OwnPresence>(body))
            Q_EMIT ownPresenceReceived(*own);
    } else if (name == SyncHint::kEvent) {
        if (const auto hint = decoded<SyncHint>(body))
            takeHint(*hint);
    } else if (name == Receipts::kEvent) {
        const auto receipts = decoded<Receipts>(body);
        if (!receipts)
            return;
        const Result<Done> done = m_store.write(Durability::Soon, [&] { putReceipts(receipts->receipts); });
        if (!done)
            Q_EMIT writeFailed(done.error());
    } else if (name == User::kEvent) {
        const auto user = decoded<User>(body);
        if (!user)
            return;
        const Result<Done> done = m_store.write(Durability::Soon, [&] {
            m_store.people().putUser(*user);
            if (user->id == m_store.me().id && user->profileVersion >= m_store.me().profileVersion)
                m_store.setMe(*user);
        });
        if (!done)
            Q_EMIT writeFailed(done.error());
    }
    // Events of a newer server are not for us.
}

// Part of a transaction.
void SyncEngine::putReceipts(const QList<Receipt> &receipts)
{
    for (const Receipt &receipt : receipts) {
        if (receipt.userId != m_store.me().id && m_store.conversations().contains(receipt.conversationId))
            m_store.people().putReceipt(receipt);
    }
}

template<typename Event>
std::optional<Event> SyncEngine::decoded(const QByteArray &body)
{
    Result<Event> event = decodeCbor<Event>(body, Strictness::Reply);
    if (event)
        return *event;
    // What was in it comes back by the gap it leaves.
    qCWarning(lcSync) << "event dropped:" << event.error().message;
    return std::nullopt;
}

void SyncEngine::takeHint(const SyncHint &hint)
{
    if (hint.missed)
        Q_EMIT helloWanted();
    for (const Cursor &there : hint.conversations)
        m_conversations.expect(there.conversationId, there.revision);
    if (hint.accountRevision <= m_store.accountRevision())
        return;
    m_listAgain = m_listing;
    if (!m_listing && !m_accountGap.isActive())
        m_accountGap.start();
}

void SyncEngine::takeAccountChange(const AccountChange &change)
{
    const Revision mine = m_store.accountRevision();
    if (m_listing || change.accountRevision > mine + 1) {
        m_listAgain = m_listing;
        if (!m_listing && !m_accountGap.isActive())
            m_accountGap.start();
        return;
    }
    QList<ConversationId> toCheck;
    const bool isNext = change.accountRevision == mine + 1;
    const Result<Done> done = m_store.write(Durability::Soon, [&] {
        applyEntries(change.entries, isNext ? change.gone : QList<ConversationId>{}, toCheck);
        if (isNext)
            m_store.setAccountRevision(change.accountRevision);
    });
    if (!done) {
        Q_EMIT writeFailed(done.error());
        return;
    }
    if (isNext) {
        for (const ConversationId &id : change.gone)
            m_conversations.forget(id);
    }
    for (const ConversationId &id : toCheck) {
        const auto row = m_store.conversations().find(id);
        if (row && row->cursor == 0)
            m_conversations.catchUp(id);
        else
            m_conversations.checkSoon(id);
    }
}

// Part of a transaction. What is to be compared with the server's revision afterwards is added to toCheck.
void SyncEngine::applyEntries(const QList<ConversationEntry> &entries, const QList<ConversationId> &gone,
                              QList<ConversationId> &toCheck)
{
    for (const ConversationId &id : gone)
        m_store.dropConversation(id);
    for (const ConversationEntry &entry : entries) {
        if (m_store.conversations().putEntry(entry))
            m_store.voidConversation(entry.conversation.id);
        if (entry.lastMessage)
            m_store.changes().mentioned.insert(entry.lastMessage->senderId);
        toCheck.append(entry.conversation.id);
    }
}

void SyncEngine::takeEntry(const ConversationEntry &entry)
{
    QList<ConversationId> toCheck;
    const Result<Done> done = m_store.write(Durability::Soon, [&] { applyEntries({entry}, {}, toCheck); });
    if (!done) {
        Q_EMIT writeFailed(done.error());
        return;
    }
    const auto row = m_store.conversations().find(entry.conversation.id);
    if (row && row->cursor == 0)
        m_conversations.catchUp(entry.conversation.id);
    else
        m_conversations.checkSoon(entry.conversation.id);
}

void SyncEngine::refreshEntry(ConversationId id)
{
    if (m_refreshing.contains(id) || !m_connection.isEstablished())
        return;
    m_refreshing.insert(id);
    QTimer::singleShot(m_timings.gatherMs, this, [this, id] {
        m_refreshing.remove(id);
        GetConversation op;
        op.conversationId = id;
        m_connection.call(op, [this, id](const Result<ConversationEntry> &entry) {
            if (entry)
                takeEntry(*entry);
            else if (entry.error().kind() == ErrorKind::TryAgain && m_connection.isEstablished())
                QTimer::singleShot(m_timings.tryAgainMs, this, [this, id] { refreshEntry(id); });
        });
    });
}

void SyncEngine::list()
{
    if (m_listing || !m_connection.isEstablished())
        return;
    m_listing = true;
    m_listAgain = false;
    ListConversations op;
    if (const Revision mine = m_store.accountRevision(); mine > 0)
        op.after = mine;
    op.limit = m_timings.pageLimit;
    m_connection.call(op, [this](const Result<ConversationList> &page) { listArrived(page); });
    Q_EMIT updatingChanged();
}

void SyncEngine::listArrived(const Result<ConversationList> &page)
{
    if (!m_listing)
        return;
    m_listing = false;
    QList<ConversationId> toCheck;
    bool stored = false;
    bool again = m_listAgain;
    if (page) {
        const Revision before = m_store.accountRevision();
        const Result<Done> done = m_store.write(Durability::Soon, [&] {
            applyEntries(page->entries, page->gone, toCheck);
            m_store.setAccountRevision(qMax(before, page->accountRevision));
        });
        stored = done.has_value();
        if (!done)
            Q_EMIT writeFailed(done.error());
        again |= page->more && page->accountRevision > before;
    }
    if (stored) {
        for (const ConversationId &id : page->gone)
            m_conversations.forget(id);
        for (const ConversationId &id : toCheck) {
            const auto row = m_store.conversations().find(id);
            if (row && row->cursor < qMax<Revision>(row->head, 1))
                m_conversations.catchUp(id);
        }
        if (again)
            list();
    } else if (m_connection.isEstablished()) {
        QTimer::singleShot(m_timings.tryAgainMs, this, &SyncEngine::list);
    }
    Q_EMIT updatingChanged();
}

void SyncEngine::fetchEntries()
{
    if (m_fetchingEntries || m_entriesLeft.isEmpty() || !m_connection.isEstablished())
        return;
    m_fetchingEntries = true;
    ListConversations op;
    op.ids = m_entriesLeft.mid(0, m_timings.entryLimit);
    m_connection.call(op,
                      [this, asked = op.ids](const Result<ConversationList> &page) { entriesArrived(asked, page); });
}

void SyncEngine::entriesArrived(const QList<ConversationId> &asked, const Result<ConversationList> &page)
{
    if (!std::exchange(m_fetchingEntries, false))
        return;
    if (!page && page.error().kind() != ErrorKind::Refused) {
        if (m_connection.isEstablished())
            QTimer::singleShot(m_timings.tryAgainMs, this, &SyncEngine::fetchEntries);
        return;
    }
    // What is not in a whole answer is none of ours, which the account's own events tell.
    QList<ConversationId> settled = asked;
    if (page) {
        if (page->more && !page->entries.isEmpty()) {
            settled.clear();
            for (const ConversationEntry &entry : page->entries)
                settled.append(entry.conversation.id);
        }
        for (const ConversationEntry &entry : page->entries)
            takeEntry(entry);
    }
    m_entriesLeft.removeIf([&](const ConversationId &id) { return settled.contains(id); });
    fetchEntries();
}

void SyncEngine::connectionLost()
{
    m_entriesLeft.clear();
    m_fetchingEntries = false;
    m_listing = m_listAgain = false;
    m_accountGap.stop();
    m_conversations.connectionLost();
    m_people.connectionLost();
    Q_EMIT updatingChanged();
}

} // namespace confab::client
