// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresMessageStore.h"

#include "server/backends/database/postgres/PostgresErrors.h"
#include "server/runtime/Log.h"

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr int kTries = 5;

const QByteArray kLock = "SELECT id FROM conversations WHERE id = ANY (?::uuid[]) ORDER BY id FOR UPDATE";

// One row an input, in their order. Of inputs with one client id the first one is stored; all get its row.
const QByteArray kAppend = R"(
WITH input AS (
    SELECT * FROM unnest(?::bigint[], ?::uuid[], ?::uuid[], ?::uuid[], ?::bigint[], ?::bigint[], ?::text[])
        AS i (n, conversation_id, sender_id, client_id, created_at, reply_to, text)
), allowed AS (
    SELECT i.*, m.visible_from FROM input i
    JOIN members m ON m.conversation_id = i.conversation_id AND m.user_id = i.sender_id AND m.has_left = 0
    JOIN users u ON u.id = i.sender_id AND u.deactivated = 0
), known AS (
    SELECT a.n, m.id, m.revision, m.created_at, m.edited_at, m.deleted, m.reply_to, m.text FROM allowed a
    JOIN messages m ON m.conversation_id = a.conversation_id AND m.sender_id = a.sender_id AND m.client_id = a.client_id
), fresh AS (
    SELECT DISTINCT ON (a.conversation_id, a.sender_id, a.client_id) a.* FROM allowed a
    WHERE NOT EXISTS (SELECT 1 FROM known k WHERE k.n = a.n)
    AND (a.reply_to = 0 OR EXISTS (SELECT 1 FROM messages q WHERE q.conversation_id = a.conversation_id
        AND q.id = a.reply_to AND q.id >= a.visible_from))
    ORDER BY a.conversation_id, a.sender_id, a.client_id, a.n
), numbered AS (
    SELECT f.*, c.revision + row_number() OVER (PARTITION BY f.conversation_id ORDER BY f.n) AS id FROM fresh f
    JOIN conversations c ON c.id = f.conversation_id
), moved AS (
    UPDATE conversations c SET revision = s.head, active_at = s.active_at FROM (
        SELECT DISTINCT ON (conversation_id) conversation_id, id AS head, created_at AS active_at FROM numbered
        ORDER BY conversation_id, id DESC
    ) s WHERE c.id = s.conversation_id
), stored AS (
    INSERT INTO messages (conversation_id, id, revision, sender_id, client_id, created_at, reply_to, text)
    SELECT conversation_id, id, id, sender_id, client_id, created_at, reply_to, text FROM numbered
)
SELECT a.n IS NOT NULL, COALESCE(k.id, s.id), COALESCE(k.revision, s.id), COALESCE(k.created_at, s.created_at),
    COALESCE(k.edited_at, 0), COALESCE(k.deleted, 0), COALESCE(k.reply_to, s.reply_to), COALESCE(k.text, s.text),
    COALESCE(s.n = i.n, false)
FROM input i
LEFT JOIN allowed a ON a.n = i.n
LEFT JOIN known k ON k.n = i.n
LEFT JOIN numbered s ON s.conversation_id = a.conversation_id AND s.sender_id = a.sender_id AND s.client_id = a.client_id
ORDER BY i.n)";

enum Column { IsAllowed, Id, Revision, CreatedAt, EditedAt, Deleted, ReplyTo, Text, IsNew };

/// An array as PostgreSQL reads it from text (8.15.2). Elements are quoted, so that nothing in them means anything.
class ArrayText
{
public:
    void add(const QString &element)
    {
        m_text += m_text.isEmpty() ? u"{\""_s : u",\""_s;
        for (const QChar c : element) {
            if (c == u'"' || c == u'\\')
                m_text += u'\\';
            m_text += c;
        }
        m_text += u'"';
    }
    void add(qint64 number) { add(QString::number(number)); }
    void add(const IdBase &id) { add(id.uuid().toString(QUuid::WithoutBraces)); }

    QString text() const { return m_text.isEmpty() ? u"{}"_s : m_text + u'}'; }

private:
    QString m_text;
};

QList<Statement> statementsOf(const QList<Append> &appends)
{
    ArrayText numbers;
    ArrayText conversations;
    ArrayText senders;
    ArrayText clientIds;
    ArrayText times;
    ArrayText replies;
    ArrayText texts;
    for (qsizetype i = 0; i < appends.size(); ++i) {
        const Append &append = appends.at(i);
        numbers.add(i);
        conversations.add(append.conversationId);
        senders.add(append.senderId);
        clientIds.add(append.clientId);
        times.add(append.createdAt);
        replies.add(append.content.replyTo);
        texts.add(append.content.text);
    }
    return {{kLock, {conversations.text()}, {}},
            {kAppend,
             {numbers.text(), conversations.text(), senders.text(), clientIds.text(), times.text(), replies.text(),
              texts.text()},
             {}}};
}

} // namespace

PostgresMessageStore::PostgresMessageStore(const PostgresDatabase::Options &options)
    : m_uncertain(options.events.uncertain), m_connector(u"postgres-connect"_s), m_tasks(lcDatabase()),
      m_queue(PostgresDatabase::lanesOf(options, PostgresDatabase::Use::Write), options.appenders, options.patienceMs,
              m_connector, m_tasks, "appending",
              [this](PostgresLane *lane, std::shared_ptr<Group> group) { return serve(lane, std::move(group)); })
{
}

PostgresMessageStore::~PostgresMessageStore()
{
    m_queue.stop();
    auto draining = m_tasks.drained();
    const Result<Done> drained = QCoro::waitFor(std::move(draining));
    Q_UNUSED(drained)
}

Task<Appended> PostgresMessageStore::append(Append append)
{
    Completion<Appended> completion = m_queue.add({std::move(append)});
    co_return co_await completion;
}

Task<Done> PostgresMessageStore::serve(PostgresLane *lane, std::shared_ptr<Group> group)
{
    auto storing = store(lane, group);
    const Result<bool> stored = co_await storing;
    if (group->size() > 1 && stored && !*stored) {
        for (const std::shared_ptr<Job> &each : *group) {
            const auto alone = std::make_shared<Group>(Group{each});
            auto storingOne = store(lane, alone);
            const Result<bool> one = co_await storingOne;
            if (one && !*one)
                tryAgain(each);
        }
    } else if (stored && !*stored) {
        tryAgain(group->front());
    }
    co_return Done{};
}

Task<bool> PostgresMessageStore::store(PostgresLane *lane, std::shared_ptr<Group> group)
{
    PostgresConnection *connection = lane->connection();
    if (!connection)
        co_return false;
    QList<Append> appends;
    for (const auto &job : *group)
        appends.append(job->request.append);
    const QList<Statement> statements = statementsOf(appends);
    const Stopwatch watch;
    auto running = connection->run(statements);
    const Result<PostgresReplies> replies = co_await running;
    if (!replies)
        co_return false;
    const PostgresReply &locked = replies->front();
    const PostgresReply &appended = replies->back();
    if (appended.kind == PostgresReply::Kind::Rows) {
        m_tally.committed(group->size(), watch.nanoseconds());
        for (std::size_t i = 0; i < group->size(); ++i)
            answer(*(*group)[i], appended.rows.rows.at(qsizetype(i)));
        co_return true;
    }
    const PostgresReply &fault = locked.kind == PostgresReply::Kind::Rows ? appended : locked;
    m_tally.failed(fault);
    if (isReadOnly(fault))
        lane->drop();
    if (fault.kind == PostgresReply::Kind::Lost && m_uncertain)
        m_uncertain();
    for (const auto &job : *group)
        job->request.mayBeStored = job->request.mayBeStored || fault.kind == PostgresReply::Kind::Lost;
    if (group->size() > 1 || mayBeTriedAgain(fault) || isReadOnly(fault))
        co_return false;
    group->front()->completer.complete(errorOf(fault));
    co_return true;
}

void PostgresMessageStore::answer(Job &job, const Row &row)
{
    if (!row.at(IsAllowed).toBool()) {
        job.completer.complete(Error::notFound(u"There is no such conversation."_s));
        return;
    }
    if (row.at(Id).isNull()) {
        job.completer.complete(Error::invalid(u"replyTo"_s, u"There is no such message to reply to."_s));
        return;
    }
    Appended appended;
    m_stored += row.at(IsNew).toBool() ? 1 : 0;
    appended.isNew = row.at(IsNew).toBool() || job.request.mayBeStored;
    appended.message.conversationId = job.request.append.conversationId;
    appended.message.senderId = job.request.append.senderId;
    appended.message.clientId = job.request.append.clientId;
    appended.message.id = row.at(Id).toInt();
    appended.message.revision = row.at(Revision).toInt();
    appended.message.createdAt = row.at(CreatedAt).toInt();
    appended.message.editedAt = row.at(EditedAt).toInt();
    appended.message.deleted = row.at(Deleted).toBool();
    appended.message.content = {row.at(Text).toText(), row.at(ReplyTo).toInt()};
    job.completer.complete(std::move(appended));
}

void PostgresMessageStore::measure(MetricsPage &page) const
{
    m_tally.measure(page);
    m_queue.standing().measure(page, "append");
    page.gauge(store_metrics::kWritesWaiting, static_cast<double>(m_queue.waiting()));
    page.counter(store_metrics::kMessages, static_cast<double>(m_stored));
}

/// Its client id makes that harmless, also where nobody knows whether it was stored.
void PostgresMessageStore::tryAgain(const std::shared_ptr<Job> &job)
{
    if (m_queue.isStopped() || ++job->tries >= kTries)
        job->completer.complete(Error::unavailable(u"The database cannot be used for now."_s));
    else
        m_queue.putBack(job);
}

} // namespace confab::server
