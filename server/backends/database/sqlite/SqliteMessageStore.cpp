// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/SqliteMessageStore.h"

#include "server/backends/database/sqlite/SqliteDatabase.h"
#include "server/backends/database/sqlite/SqliteWriter.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

// The writer is alone, so nothing changes between these statements and no lock is taken.

const QByteArray kMayPost = "SELECT m.visible_from FROM members m JOIN users u ON u.id = m.user_id "
                            "WHERE m.conversation_id = ? AND m.user_id = ? AND m.has_left = 0 AND u.deactivated = 0";
const QByteArray kKnown = "SELECT id, revision, created_at, edited_at, deleted, reply_to, text FROM messages "
                          "WHERE conversation_id = ? AND sender_id = ? AND client_id = ?";
const QByteArray kQuotable = "SELECT 1 FROM messages WHERE conversation_id = ? AND id = ? AND id >= ?";
const QByteArray kNumber = "UPDATE conversations SET revision = revision + 1, active_at = ? WHERE id = ? "
                           "RETURNING revision";
const QByteArray kInsert = "INSERT INTO messages (conversation_id, id, revision, sender_id, client_id, created_at, "
                           "reply_to, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

/// One append as the writer's work.
class AppendJob final : public WriteJob
{
public:
    AppendJob(Append append, Completer<Appended> completer, std::atomic<qint64> &appends)
        : m_append(std::move(append)), m_completer(std::move(completer)), m_appends(appends)
    {
    }

    Step run(SqliteConnection &connection, Error *error) override
    {
        m_refusal.reset();
        m_appended = {};
        const Result<Rows> membership = connection.run(kMayPost, {m_append.conversationId, m_append.senderId});
        if (!membership)
            return fault(membership.error(), error);
        if (membership->isEmpty())
            return refuse(Error::notFound(u"There is no such conversation."_s));

        const Result<Rows> known =
            connection.run(kKnown, {m_append.conversationId, m_append.senderId, m_append.clientId});
        if (!known)
            return fault(known.error(), error);
        if (!known->isEmpty()) {
            m_appended = {storedMessage(known->first()), false};
            return Step::Undo;
        }

        if (m_append.content.replyTo != 0) {
            const Result<Rows> quoted = connection.run(
                kQuotable, {m_append.conversationId, m_append.content.replyTo, membership->first().at(0)});
            if (!quoted)
                return fault(quoted.error(), error);
            if (quoted->isEmpty())
                return refuse(Error::invalid(u"replyTo"_s, u"There is no such message to reply to."_s));
        }

        const Result<Rows> numbered = connection.run(kNumber, {m_append.createdAt, m_append.conversationId});
        if (!numbered)
            return fault(numbered.error(), error);
        const qint64 id = numbered->first().at(0).toInt();
        const Result<Rows> inserted =
            connection.run(kInsert, {m_append.conversationId, id, id, m_append.senderId, m_append.clientId,
                                     m_append.createdAt, m_append.content.replyTo, m_append.content.text});
        if (!inserted)
            return fault(inserted.error(), error);
        m_appended = {newMessage(id), true};
        return Step::Keep;
    }

    // Everything that may refuse comes before the first write, and no constraint is left for the insert to break.
    bool needsSavepoint() const override { return false; }

    void committed() override
    {
        if (m_refusal) {
            m_completer.complete(*m_refusal);
            return;
        }
        if (m_appended.isNew)
            ++m_appends;
        m_completer.complete(std::move(m_appended));
    }

    void failed(const Error &error) override { m_completer.complete(error); }

private:
    Step refuse(Error error)
    {
        m_refusal = std::move(error);
        return Step::Undo;
    }

    static Step fault(const Error &what, Error *error)
    {
        *error = what;
        return Step::Fault;
    }

    Message newMessage(qint64 id) const
    {
        Message message;
        message.conversationId = m_append.conversationId;
        message.id = id;
        message.revision = id;
        message.senderId = m_append.senderId;
        message.clientId = m_append.clientId;
        message.createdAt = m_append.createdAt;
        message.content = m_append.content;
        return message;
    }

    Message storedMessage(const Row &row) const
    {
        Message message = newMessage(row.at(0).toInt());
        message.revision = row.at(1).toInt();
        message.createdAt = row.at(2).toInt();
        message.editedAt = row.at(3).toInt();
        message.deleted = row.at(4).toBool();
        message.content = {row.at(6).toText(), row.at(5).toInt()};
        return message;
    }

    const Append m_append;
    Completer<Appended> m_completer;
    std::atomic<qint64> &m_appends;
    std::optional<Error> m_refusal;
    Appended m_appended;
};

} // namespace

Task<Appended> SqliteMessageStore::append(Append append)
{
    Completion<Appended> completion;
    SqliteWriter &writer = m_database.writer();
    writer.push(std::make_unique<AppendJob>(std::move(append), completion.completer(), writer.counters().appends));
    co_return co_await completion;
}

} // namespace confab::server
