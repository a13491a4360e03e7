// SPDX-License-Identifier: MIT
#include "server/services/accounts/AccountService.h"

#include "server/runtime/Log.h"
#include "server/services/auth/AccountRows.h"
#include "server/services/events/Envelope.h"

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
/// How often a deletion begins anew because the person was added to a conversation, or removed, meanwhile.
constexpr int kRounds = 5;

const QByteArray kProfile = "RETURNING id, handle, display_name, profile_version, deactivated, account_revision";
const QByteArray kGroups = "SELECT m.conversation_id FROM members m JOIN conversations c ON c.id = m.conversation_id "
                           "WHERE m.user_id = ? AND m.has_left = 0 AND c.kind <> 1 ORDER BY m.conversation_id";
const QByteArray kLock = "UPDATE conversations SET revision = revision WHERE id = ?";
const QByteArray kClose =
    "UPDATE users SET display_name = '', password_hash = '', deactivated = 1, deactivated_at = ?, deleted_at = ?, "
    "profile_version = profile_version + 1, account_revision = account_revision + 1 "
    "WHERE id = ? AND deactivated = 0 AND password_hash = ? " +
    kProfile;
const QByteArray kDeactivate =
    "UPDATE users SET deactivated = 1, deactivated_at = ?, profile_version = profile_version + 1, "
    "account_revision = account_revision + 1 WHERE id = ? AND deactivated = 0 " +
    kProfile;
const QByteArray kReactivate =
    "UPDATE users SET deactivated = 0, deactivated_at = 0, profile_version = profile_version + 1, "
    "account_revision = account_revision + 1 WHERE id = ? AND deactivated = 1 AND deleted_at = 0 " +
    kProfile;
const QByteArray kEndSessions = "DELETE FROM sessions WHERE user_id = ?";
} // namespace

AccountService::AccountService(const AccountBackends &backends)
    : m_backends(backends), m_profiles(backends.database, backends.bus),
      m_departure(backends.database, backends.bus, backends.limits), m_tasks(lcAuth())
{
}

Task<Empty> AccountService::deleteAccount(Caller caller, DeleteAccount op)
{
    const QString field = u"password"_s;
    const Result<QString> proven = co_await m_backends.auth.provePassword(caller, field, op.password);
    if (!proven)
        co_return proven.error();
    for (int round = 0; round < kRounds; ++round) {
        const Result<QList<ConversationId>> groups = co_await groupsOf(caller.userId);
        if (!groups)
            co_return groups.error();
        const Batch batch = deletion(*groups, caller.userId, *proven);
        const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
        if (!outcome)
            co_return outcome.error();
        if (outcome->committed()) {
            qCInfo(lcAuth).noquote() << "account" << caller.userId.toString() << "deleted by its owner";
            // The answer goes out first: the socket that asked closes with the others as soon as this returns.
            endSockets(caller.userId);
            m_tasks.spawn(announceDeletion(caller.userId, *groups, *outcome), "telling of a deleted account");
            co_return Empty{};
        }
        if (batch.at(outcome->missed).sql == kClose)
            co_return Error::conflict({}, u"The account changed meanwhile. Please try again."_s);
    }
    co_return Error::unavailable(u"The account's conversations keep changing. Please try again."_s);
}

Task<QList<ConversationId>> AccountService::groupsOf(UserId userId)
{
    const Statement statement{kGroups, {userId}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    QList<ConversationId> groups;
    for (const Row &row : rows->rows)
        groups += row.first().toId<ConversationId>();
    co_return groups;
}

Batch AccountService::deletion(const QList<ConversationId> &groups, const UserId &userId,
                               const QString &passwordHash) const
{
    const qint64 now = m_backends.clock.utcMs();
    Batch batch;
    for (const ConversationId &id : groups)
        batch += {kLock, {id}, 1};
    for (const ConversationId &id : groups)
        batch += Departure::statements(id, userId, userId);
    batch += {kClose, {now, now, userId, passwordHash}, 1};
    batch += {kGroups, {userId}, 0};
    batch += {"DELETE FROM user_terms WHERE user_id = ?", {userId}, {}};
    batch += {"DELETE FROM user_presence WHERE user_id = ?", {userId}, {}};
    batch += {kEndSessions, {userId}, {}};
    return batch;
}

Task<Done> AccountService::announceDeletion(UserId userId, QList<ConversationId> groups, BatchOutcome outcome)
{
    const qsizetype departures = groups.size() * (1 + Departure::kStatements);
    const Row closed = outcome.results.at(departures).first();
    const User user = userOf(closed);
    for (qsizetype i = 0; i < groups.size(); ++i) {
        const QList<Rows> results =
            outcome.results.mid(groups.size() + i * Departure::kStatements, Departure::kStatements);
        const Result<Done> told = co_await m_departure.announce(groups.at(i), userId, results);
        if (!told)
            co_return told.error();
    }
    m_profiles.publishTo(groups, user);
    co_return co_await m_profiles.publish(user, closed.at(kUserColumnCount).toInt());
}

Task<User> AccountService::deactivateUser(UserId userId, Batch alongside)
{
    const Batch batch{{kDeactivate, {m_backends.clock.utcMs(), userId}, 1}, {kEndSessions, {userId}, {}}};
    const Batch whole = batch + alongside;
    co_return co_await changeState(userId, whole, true);
}

Task<User> AccountService::reactivateUser(UserId userId, Batch alongside)
{
    const Batch batch{{kReactivate, {userId}, 1}};
    const Batch whole = batch + alongside;
    co_return co_await changeState(userId, whole, false);
}

/// Commits a batch whose first statement gives the changed person, and tells of it.
Task<User> AccountService::changeState(UserId userId, Batch batch, bool deactivated)
{
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    // Also where the outcome is unknown: who is not deactivated comes back by themselves.
    if (deactivated)
        endSockets(userId);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed())
        co_return co_await explainMiss(userId, deactivated);
    qCInfo(lcAuth).noquote() << "account" << userId.toString() << (deactivated ? "deactivated" : "reactivated");
    const Row row = outcome->results.first().first();
    const User user = userOf(row);
    const Result<Done> told = co_await m_profiles.publish(user, row.at(kUserColumnCount).toInt());
    Q_UNUSED(told)
    co_return user;
}

Task<User> AccountService::explainMiss(UserId userId, bool wantedDeactivated)
{
    const Statement statement{
        QByteArray("SELECT ") + kUserColumns + ", u.deleted_at FROM users u WHERE u.id = ?", {userId}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return Error::notFound(u"There is no such person."_s);
    if (!wantedDeactivated && rows->first().at(kUserColumnCount).toInt() != 0)
        co_return Error::conflict({}, u"This account was deleted by its owner; that cannot be undone."_s);
    const User user = userOf(rows->first());
    if (user.deactivated != wantedDeactivated)
        co_return Error::unavailable(u"The account changed meanwhile. Please try again."_s);
    co_return user;
}

void AccountService::endSockets(const UserId &userId)
{
    m_backends.auth.userChanged(userId);
    Envelope envelope;
    envelope.kind = Envelope::Kind::UserEnded;
    envelope.userId = userId;
    m_backends.bus.publish(sessionsTopic(), encodeEnvelope(envelope));
}

} // namespace confab::server
