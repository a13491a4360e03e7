// SPDX-License-Identifier: MIT
#include "tests/simulation/Checker.h"

namespace confab::simulation {

using namespace Qt::StringLiterals;
using Kind = client::OutboxItem::Kind;

namespace {

constexpr qint64 kUnreadCap = 100;

QString textOf(const Message &message)
{
    return u"%1@%2 %3"_s.arg(message.id)
        .arg(message.revision)
        .arg(message.deleted ? u"(deleted)"_s : message.content.text);
}

} // namespace

Checker::Checker(const QString &serverDirectory, const Ledger &ledger, const QList<Device *> &devices,
                 const Population &population)
    : m_database(serverDirectory + u"/confab.db"_s, server::SqliteConnection::Mode::ReadOnly, 1000), m_ledger(ledger),
      m_devices(devices), m_population(population)
{
    if (!m_database.open())
        qFatal("the simulated server's database cannot be read");
}

QStringList Checker::violations()
{
    readMessages();
    checkWishes();
    checkTold();
    for (Device *device : m_devices)
        checkDevice(*device);
    return m_violations;
}

server::Rows Checker::query(const QByteArray &sql, const QList<server::Value> &parameters)
{
    Result<server::Rows> rows = m_database.run(sql, parameters);
    if (!rows)
        qFatal("the checker's question is wrong: %s", sql.constData());
    return *std::move(rows);
}

void Checker::readMessages()
{
    const server::Rows rows = query("SELECT conversation_id, id, revision, sender_id, client_id, created_at, "
                                    "edited_at, deleted, reply_to, text FROM messages");
    for (const server::Row &row : rows.rows) {
        Message message;
        message.conversationId = row.at(0).toId<ConversationId>();
        message.id = row.at(1).toInt();
        message.revision = row.at(2).toInt();
        message.senderId = row.at(3).toId<UserId>();
        message.clientId = row.at(4).toId<ClientId>();
        message.createdAt = row.at(5).toInt();
        message.editedAt = row.at(6).toInt();
        message.deleted = row.at(7).toBool();
        message.content = {row.at(9).toText(), row.at(8).toInt()};
        m_messages[message.conversationId].insert(message.id, message);
        m_byClientId[message.clientId].append(message);
    }
}

// -- what was wished and told -------------------------------------------------------------------------------------

void Checker::checkWishes()
{
    for (auto wish = m_ledger.wishes.cbegin(); wish != m_ledger.wishes.cend(); ++wish)
        checkWish(wish.key(), wish.value());
    for (auto stored = m_byClientId.cbegin(); stored != m_byClientId.cend(); ++stored) {
        if (!m_ledger.wishes.contains(stored.key()))
            report(u"unwished: the server has %1, which nobody sent"_s.arg(textOf(stored->first())));
    }
}

bool Checker::hasFailed(int device, const Wished &wished, const ClientId &clientId, Kind kind) const
{
    if (wished.gaveUp.contains(device))
        return true;
    for (const client::OutboxItem &item : m_devices.at(device)->store().outbox().items(wished.conversationId)) {
        if (item.clientId == clientId && item.kind == kind && item.state == client::OutboxItem::State::Failed)
            return true;
    }
    return false;
}

void Checker::checkWish(const ClientId &clientId, const Wished &wished)
{
    const QList<Message> stored = m_byClientId.value(clientId);
    if (stored.size() > 1)
        report(u"doubled: \"%1\" is %2 times on the server"_s.arg(wished.text).arg(stored.size()));
    if (stored.isEmpty()) {
        const bool isExcused = wished.device < 0 || wished.deletedBy.contains(wished.device) ||
                               hasFailed(wished.device, wished, clientId, Kind::Send);
        if (!isExcused)
            report(u"lost: \"%1\" of device %2 is nowhere"_s.arg(wished.text).arg(wished.device));
        return;
    }
    const Message &message = stored.first();
    if (message.senderId != wished.senderId || message.conversationId != wished.conversationId)
        report(u"misplaced: \"%1\" is another's or elsewhere"_s.arg(wished.text));
    if (message.deleted) {
        if (wished.deletedBy.isEmpty())
            report(u"vanished: \"%1\" is deleted, which nobody wished"_s.arg(wished.text));
        return;
    }
    for (const int device : wished.deletedBy) {
        if (!hasFailed(device, wished, clientId, Kind::Delete))
            report(u"undeleted: \"%1\" is there, though device %2 deleted it"_s.arg(wished.text).arg(device));
    }
    checkText(clientId, wished, message);
}

void Checker::checkText(const ClientId &clientId, const Wished &wished, const Message &message)
{
    const QString &text = message.content.text;
    if (!wished.wasWished(text)) {
        report(u"garbled: \"%1\" is \"%2\" on the server"_s.arg(wished.text, text));
        return;
    }
    // The wishes of one device are granted in order, so the last word is the last one of some device.
    bool isLastWord = wished.edits.isEmpty() && text == wished.text;
    for (auto edits = wished.edits.cbegin(); edits != wished.edits.cend(); ++edits)
        isLastWord |= text == edits->last() || hasFailed(edits.key(), wished, clientId, Kind::Edit);
    if (!isLastWord)
        report(u"unedited: \"%1\" is \"%2\" on the server, the last word of no device"_s.arg(wished.text, text));
}

void Checker::checkTold()
{
    for (const Told &told : m_ledger.told) {
        const QMap<MessageId, Message> messages = m_messages.value(told.conversationId);
        const auto found = messages.constFind(told.id);
        if (found == messages.cend() || found->clientId != told.clientId || found->senderId != told.senderId)
            report(u"untrue: a device was told of message %1, which the server does not have"_s.arg(told.id));
    }
}

// -- each device and the server -----------------------------------------------------------------------------------

void Checker::checkDevice(Device &device)
{
    const UserId me = m_population.people.at(device.person()).id;
    client::LocalStore &store = device.store();
    const server::Rows account = query("SELECT account_revision FROM users WHERE id = ?", {me});
    if (store.accountRevision() != account.first().at(0).toInt()) {
        report(u"account: device %1 is at account revision %2, the server at %3"_s.arg(device.number())
                   .arg(store.accountRevision())
                   .arg(account.first().at(0).toInt()));
    }
    const server::Rows memberships =
        query("SELECT m.conversation_id, m.role, m.visible_from, m.read_up_to, m.marked_unread, m.account_revision, "
              "c.revision, c.title, c.member_count, c.row_revision FROM members m JOIN conversations c ON c.id = "
              "m.conversation_id WHERE m.user_id = ? AND m.has_left = 0",
              {me});
    QSet<ConversationId> mine;
    for (const server::Row &row : memberships.rows) {
        const auto id = row.at(0).toId<ConversationId>();
        mine.insert(id);
        checkConversation(device, id, row);
    }
    for (const ConversationId &id : store.conversations().ids()) {
        if (!mine.contains(id))
            report(u"kept: device %1 still shows a conversation that it is not part of"_s.arg(device.number()));
    }
}

void Checker::checkConversation(Device &device, const ConversationId &id, const server::Row &membership)
{
    const QString where =
        u"device %1, conversation %2"_s.arg(device.number()).arg(m_population.conversations.indexOf(id));
    const auto stored = device.store().conversations().find(id);
    if (!stored) {
        report(u"missing: %1 is not in the list"_s.arg(where));
        return;
    }
    const auto same = [&](const char *what, qint64 here, qint64 there) {
        if (here != there)
            report(u"different: %1: %2 is %3, at the server %4"_s.arg(where, QLatin1StringView(what))
                       .arg(here)
                       .arg(there));
    };
    same("role", static_cast<qint64>(stored->membership.role), membership.at(1).toInt());
    same("visibleFrom", stored->membership.visibleFrom, membership.at(2).toInt());
    same("readUpTo", stored->membership.readUpTo, membership.at(3).toInt());
    same("markedUnread", stored->membership.markedUnread, membership.at(4).toInt());
    same("membership's revision", stored->membership.accountRevision, membership.at(5).toInt());
    if (!isBehindOnlyByWhatIsHidden(id, stored->cursor, membership))
        same("cursor", stored->cursor, membership.at(6).toInt());
    same("memberCount", stored->conversation.memberCount, membership.at(8).toInt());
    same("conversation's revision", stored->conversation.revision, membership.at(9).toInt());
    same("catch-up", stored->catchUpBase, -1);
    if (stored->conversation.title != membership.at(7).toText())
        report(u"different: %1: the title"_s.arg(where));

    const UserId me = m_population.people.at(device.person()).id;
    const server::Rows unread =
        query("SELECT count(*) FROM messages WHERE conversation_id = ? AND id > ? AND id >= ? AND deleted = 0 "
              "AND sender_id <> ?",
              {id, membership.at(3), membership.at(2), me});
    const auto row = device.engine().rows().conversation(id);
    const qint64 expected = qMin(kUnreadCap, unread.first().at(0).toInt());
    if (row->unread != expected)
        report(u"unread: %1: %2 unread, should be %3"_s.arg(where).arg(row->unread).arg(expected));
    checkMessages(device, id, membership.at(2).toInt());
    checkMembers(device, id);
}

/// No event tells of a change to a message from before the person joined, where that is hidden; the next one closes the
/// gap.
bool Checker::isBehindOnlyByWhatIsHidden(const ConversationId &id, Revision cursor, const server::Row &membership)
{
    if (cursor > membership.at(6).toInt() || cursor < membership.at(9).toInt())
        return false;
    const server::Rows visible =
        query("SELECT (SELECT count(*) FROM messages WHERE conversation_id = ? AND id >= ? AND revision > ?) + "
              "(SELECT count(*) FROM members WHERE conversation_id = ? AND revision > ?)",
              {id, membership.at(2), cursor, id, cursor});
    return visible.first().at(0).toInt() == 0;
}

void Checker::checkMessages(Device &device, const ConversationId &id, Revision visibleFrom)
{
    const QString where =
        u"device %1, conversation %2"_s.arg(device.number()).arg(m_population.conversations.indexOf(id));
    QMap<MessageId, Message> held;
    for (const Message &message : device.store().messages().after(id, -1, 100'000))
        held.insert(message.id, message);
    const QList<Hole> holes = device.store().messages().holes(id);
    const auto isInHole = [&](MessageId messageId) {
        return std::any_of(holes.begin(), holes.end(),
                           [&](const Hole &hole) { return messageId > hole.after && messageId < hole.before; });
    };
    const QMap<MessageId, Message> there = m_messages.value(id);
    for (const Message &message : there) {
        const auto here = held.constFind(message.id);
        if (message.id < visibleFrom || isInHole(message.id)) {
            if (here != held.cend())
                report(u"surplus: %1: %2 should not be held"_s.arg(where, textOf(*here)));
        } else if (here == held.cend()) {
            report(u"hidden: %1: %2 is not held, and no hole says so"_s.arg(where, textOf(message)));
        } else if (*here != message) {
            report(u"stale: %1: %2, at the server %3"_s.arg(where, textOf(*here), textOf(message)));
        }
    }
    for (const Message &message : std::as_const(held)) {
        if (!there.contains(message.id))
            report(u"invented: %1: %2 is not on the server"_s.arg(where, textOf(message)));
    }
}

void Checker::checkMembers(Device &device, const ConversationId &id)
{
    QMap<QString, qint64> there;
    for (const server::Row &row :
         query("SELECT user_id, revision FROM members WHERE conversation_id = ? AND has_left = 0", {id}).rows)
        there.insert(row.at(0).toId<UserId>().toString(), row.at(1).toInt());
    QMap<QString, qint64> here;
    for (const Member &member : device.store().people().members(id))
        here.insert(member.userId.toString(), member.revision);
    if (here != there) {
        report(u"members: device %1, conversation %2 holds %3 members, or other ones than the %4 of the server"_s
                   .arg(device.number())
                   .arg(m_population.conversations.indexOf(id))
                   .arg(here.size())
                   .arg(there.size()));
    }
}

} // namespace confab::simulation
