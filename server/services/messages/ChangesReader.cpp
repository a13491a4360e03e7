// SPDX-License-Identifier: MIT
#include "server/services/messages/ChangesReader.h"

#include "server/services/Paging.h"
#include "server/services/messages/Rows.h"

#include <QtCore/QHash>

#include <algorithm>
#include <bit>
#include <limits>
#include <variant>

namespace confab::server {
namespace {

/// Conversations of one statement. Each is a part of a UNION ALL with limits of its own.
constexpr qsizetype kPartsPerStatement = 32;

// `+id` keeps the planner on the partial index of changed rows.
const QByteArray kChangedMessages = QByteArray("SELECT ") + kMessageColumns +
                                    " FROM messages WHERE conversation_id = ? AND changed = 1 AND revision > ? "
                                    "AND +id <= ? AND +id >= ? ORDER BY revision LIMIT ?";
const QByteArray kNewestMessages = QByteArray("SELECT ") + kMessageColumns +
                                   " FROM messages WHERE conversation_id = ? AND id > ? AND id >= ? "
                                   "ORDER BY id DESC LIMIT ?";
const QByteArray kUnchangedMessages = QByteArray("SELECT ") + kMessageColumns +
                                      " FROM messages WHERE conversation_id = ? AND id > ? AND id >= ? "
                                      "AND changed = 0 ORDER BY id LIMIT ?";
const QByteArray kMembers = QByteArray("SELECT ") + kMemberColumns +
                            " FROM members WHERE conversation_id = ? AND revision > ? ORDER BY revision LIMIT ?";
const QByteArray kConversation = QByteArray("SELECT ") + kConversationColumns +
                                 " FROM conversations c LEFT JOIN direct_pairs d ON d.conversation_id = c.id "
                                 "WHERE c.id = ? AND c.row_revision > ?";

using Item = std::variant<Message, Member, Conversation>;

Revision revisionOf(const Item &item)
{
    return std::visit([](const auto &row) { return row.revision; }, item);
}

/// What was read for one request.
struct Parts
{
    QList<Item> changed;   ///< In no order.
    QList<Message> newest; ///< Newest first.
};

ConversationChanges assemble(const ChangesRequest &request, Parts parts)
{
    ConversationChanges changes;
    changes.conversationId = request.conversationId;
    std::sort(parts.changed.begin(), parts.changed.end(),
              [](const Item &a, const Item &b) { return revisionOf(a) < revisionOf(b); });

    // All kinds of rows page in one revision order.
    qint64 bytes = 0;
    qint64 count = 0;
    for (const Item &item : parts.changed) {
        const Message *message = std::get_if<Message>(&item);
        if (message)
            bytes += wireBytes(*message);
        if (count == request.limit || (bytes > kPageBytes && count > 0)) {
            changes.more = true;
            return changes;
        }
        ++count;
        changes.revision = revisionOf(item);
        if (message)
            changes.messages.append(*message);
        else if (const Member *member = std::get_if<Member>(&item))
            changes.members.append(*member);
        else
            changes.conversation = std::get<Conversation>(item);
    }
    // Rows may be newer than the head that was read before them; the cursor must not pass it.
    changes.revision = request.head;

    qint64 taken = 0;
    for (const Message &message : parts.newest) {
        bytes += wireBytes(message);
        if (taken == *request.newLimit || (bytes > kPageBytes && taken > 0)) {
            changes.hole = {std::max(request.base, request.visibleFrom - 1), changes.messages.last().id};
            break;
        }
        changes.messages.append(message);
        ++taken;
    }
    return changes;
}

} // namespace

/// Runs one part for each list of parameters, the first of which is the conversation's id, and hands its rows back in
/// the order of the lists.
Task<QList<Rows>> ChangesReader::readParts(QByteArray part, QList<QList<Value>> parameters)
{
    QList<Rows> results;
    for (qsizetype first = 0; first < parameters.size(); first += kPartsPerStatement) {
        QList<QList<Value>> chunk = parameters.mid(first, kPartsPerStatement);
        const qsizetype count = chunk.size();
        // Parts of no conversation fill up to the next power of two, so that few statements are to be prepared.
        QList<Value> filler = chunk.first();
        filler.first() = QUuid();
        while (chunk.size() < qsizetype(std::bit_ceil(size_t(count))))
            chunk.append(filler);
        Statement statement;
        for (qsizetype i = 0; i < chunk.size(); ++i) {
            if (i > 0)
                statement.sql += " UNION ALL ";
            statement.sql += "SELECT " + QByteArray::number(i) + " AS part, p.* FROM (" + part + ") AS p";
            statement.parameters += chunk.at(i);
        }
        const Result<Rows> rows = co_await m_database.query(statement);
        if (!rows)
            co_return rows.error();
        results.resize(first + count);
        for (const Row &row : rows->rows)
            results[first + row.at(0).toInt()].rows.append(row);
    }
    co_return results;
}

Task<QList<ConversationChanges>> ChangesReader::read(QList<ChangesRequest> requests)
{
    QList<Parts> parts(requests.size());
    QList<QList<Value>> changed, newest, unchanged, members, conversations;
    QList<qsizetype> newestOf, unchangedOf, membersOf;
    for (qsizetype i = 0; i < requests.size(); ++i) {
        const ChangesRequest &request = requests.at(i);
        const MessageId base = std::max(request.base, request.visibleFrom - 1);
        const MessageId upTo = request.newLimit ? base : std::numeric_limits<qint64>::max();
        changed.append({request.conversationId, request.after, upTo, request.visibleFrom, request.limit + 1});
        if (request.newLimit) {
            newest.append({request.conversationId, base, request.visibleFrom, *request.newLimit + 1});
            newestOf.append(i);
        } else {
            unchanged.append({request.conversationId, request.after, request.visibleFrom, request.limit + 1});
            unchangedOf.append(i);
        }
        if (request.small) {
            members.append({request.conversationId, request.after, request.limit + 1});
            membersOf.append(i);
        }
        conversations.append({request.conversationId, request.after});
    }

    const auto newestRows = co_await readParts(kNewestMessages, newest);
    if (!newestRows)
        co_return newestRows.error();
    const auto unchangedRows = co_await readParts(kUnchangedMessages, unchanged);
    if (!unchangedRows)
        co_return unchangedRows.error();
    // After the unchanged ones: a message edited between the two reads then comes twice instead of not at all.
    const auto changedRows = co_await readParts(kChangedMessages, changed);
    if (!changedRows)
        co_return changedRows.error();
    const auto memberRows = co_await readParts(kMembers, members);
    if (!memberRows)
        co_return memberRows.error();
    const auto conversationRows = co_await readParts(kConversation, conversations);
    if (!conversationRows)
        co_return conversationRows.error();

    for (qsizetype i = 0; i < requests.size(); ++i) {
        for (const Row &row : changedRows->at(i).rows)
            parts[i].changed.append(messageOf(row, 1));
        for (const Row &row : conversationRows->at(i).rows)
            parts[i].changed.append(conversationOf(row, 1));
    }
    for (qsizetype i = 0; i < newestOf.size(); ++i) {
        for (const Row &row : newestRows->at(i).rows)
            parts[newestOf.at(i)].newest.append(messageOf(row, 1));
    }
    for (qsizetype i = 0; i < unchangedOf.size(); ++i) {
        for (const Row &row : unchangedRows->at(i).rows)
            parts[unchangedOf.at(i)].changed.append(messageOf(row, 1));
    }
    for (qsizetype i = 0; i < membersOf.size(); ++i) {
        for (const Row &row : memberRows->at(i).rows)
            parts[membersOf.at(i)].changed.append(memberOf(row, 1));
    }

    QList<ConversationChanges> all;
    all.reserve(requests.size());
    for (qsizetype i = 0; i < requests.size(); ++i)
        all.append(assemble(requests.at(i), std::move(parts[i])));
    co_return all;
}

} // namespace confab::server
