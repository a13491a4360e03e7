// SPDX-License-Identifier: MIT
#include "server/services/admin/AdminService.h"

#include "server/runtime/Log.h"
#include "server/services/Paging.h"
#include "server/services/auth/AccountRows.h"
#include "server/services/auth/InviteCode.h"
#include "shared/text/Handle.h"

#include <algorithm>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
const QByteArray kAdd = "UPDATE users SET role = 1 WHERE id = ? AND role <> 1 AND deleted_at = 0";
// Whoever removes one meanwhile waits for these, and counts anew.
const QByteArray kLockAll = "UPDATE users SET role = role WHERE role = 1";
const QByteArray kRemove =
    "UPDATE users SET role = 0 WHERE id = ? AND role = 1 AND "
    "(SELECT COUNT(*) FROM users a WHERE a.role = 1 AND a.deactivated = 0 AND a.id <> users.id) > 0";
const QByteArray kEndAll = "DELETE FROM sessions WHERE user_id = ?";

Error noSuchPerson()
{
    return Error::notFound(u"There is no such person."_s);
}

AccountRecord recordOf(const Row &row)
{
    return {userOf(row),
            row.at(kUserColumnCount).toBool(),
            row.at(kUserColumnCount + 1).toInt() != 0,
            row.at(kUserColumnCount + 2).toInt(),
            row.at(kUserColumnCount + 3).toInt(),
            row.at(kUserColumnCount + 4).toInt()};
}
} // namespace

Task<Done> AdminService::isAdministrator(Caller caller)
{
    const Statement statement{"SELECT 1 FROM users WHERE id = ? AND role = 1 AND deactivated = 0", {caller.userId}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return Error::denied(u"Only administrators of this server may do this."_s);
    co_return Done{};
}

Task<AccountList> AdminService::accounts(Caller, ListAccounts op)
{
    const Result<qint64> asked = pageLimit(op.limit, m_backends.limits);
    if (!asked)
        co_return asked.error();
    const qint64 limit = *asked;
    QByteArray sql = QByteArray("SELECT ") + kUserColumns +
                     ", u.role, u.deleted_at, u.created_at, "
                     "(SELECT COUNT(*) FROM sessions s WHERE s.user_id = u.id), "
                     "(SELECT MAX(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id) FROM users u";
    QList<Value> parameters;
    if (op.handle) {
        sql += " WHERE u.handle = ?";
        parameters += normalisedHandle(*op.handle);
    } else if (op.after) {
        sql += " WHERE u.handle > ?";
        parameters += *op.after;
    }
    sql += " ORDER BY u.handle LIMIT ?";
    parameters += limit + 1;
    const Statement statement{sql, parameters, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    AccountList list;
    for (const Row &row : rows->rows) {
        if (list.accounts.size() == limit) {
            list.more = true;
            break;
        }
        list.accounts += recordOf(row);
    }
    co_return list;
}

Task<Empty> AdminService::setAdministrator(Caller caller, SetAdministrator op)
{
    const QString detail = op.administrator ? u"yes"_s : u"no"_s;
    Batch batch;
    if (!op.administrator)
        batch += {kLockAll, {}, {}};
    batch += {op.administrator ? kAdd : kRemove, {op.userId}, 1};
    batch += m_backends.audit.record(caller, SetAdministrator::kInfo.name, op.userId, detail);
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (outcome->committed()) {
        qCInfo(lcAuth).noquote() << "account" << op.userId.toString()
                                 << (op.administrator ? "is an administrator now" : "is no administrator any more");
        co_return Empty{};
    }
    const Statement statement{"SELECT role, deleted_at FROM users WHERE id = ?", {op.userId}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return noSuchPerson();
    if (rows->first().at(0).toBool() == op.administrator)
        co_return Empty{};
    if (op.administrator)
        co_return Error::conflict({}, u"This account was deleted by its owner."_s);
    co_return Error::conflict({}, u"This is the last administrator. Make somebody else one first."_s);
}

Task<User> AdminService::setActive(Caller caller, SetAccountActive op)
{
    const Statement record =
        m_backends.audit.record(caller, SetAccountActive::kInfo.name, op.userId, op.active ? u"yes"_s : u"no"_s);
    const Batch alongside{record};
    if (op.active)
        co_return co_await m_backends.accounts.reactivateUser(op.userId, alongside);
    co_return co_await m_backends.accounts.deactivateUser(op.userId, alongside);
}

Task<FreshPassword> AdminService::resetPassword(Caller caller, ResetPassword op)
{
    const QString password = mintPassword();
    const Result<QString> hash = co_await m_backends.hasher.hash(password);
    if (!hash)
        co_return hash.error();
    const Batch batch{
        {"UPDATE users SET password_hash = ? WHERE id = ? AND password_hash <> ''", {*hash, op.userId}, 1},
        {kEndAll, {op.userId}, {}},
        m_backends.audit.record(caller, ResetPassword::kInfo.name, op.userId)};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    // Also where the outcome is unknown: who is still signed in comes back by themselves.
    m_backends.accounts.endSockets(op.userId);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed()) {
        const Result<Done> known = co_await requirePerson(op.userId);
        if (!known)
            co_return known.error();
        co_return Error::conflict(
            {}, u"This account has no password: it was deleted, or another program signs its owner in."_s);
    }
    qCInfo(lcAuth).noquote() << "account" << op.userId.toString() << "has a new password, by an administrator";
    co_return FreshPassword{password};
}

Task<SessionList> AdminService::sessions(Caller, ListSessionsOf op)
{
    const Statement statement{
        QByteArray("SELECT ") + kSessionColumns +
            " FROM sessions s WHERE s.user_id = ? ORDER BY s.last_seen_at DESC, s.id DESC LIMIT ?",
        {op.userId, m_backends.limits.pageSize},
        {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    SessionList list;
    for (const Row &row : rows->rows)
        list.sessions += sessionOf(row);
    if (list.sessions.isEmpty()) {
        const Result<Done> known = co_await requirePerson(op.userId);
        if (!known)
            co_return known.error();
    }
    co_return list;
}

Task<Empty> AdminService::endSessions(Caller caller, EndSessionsOf op)
{
    Batch batch;
    if (op.sessionId)
        batch += {"DELETE FROM sessions WHERE id = ? AND user_id = ?", {*op.sessionId, op.userId}, 1};
    else
        batch += {kEndAll, {op.userId}, {}};
    const QString detail = op.sessionId ? op.sessionId->toString() : u"all"_s;
    batch += m_backends.audit.record(caller, EndSessionsOf::kInfo.name, op.userId, detail);
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (op.sessionId)
        m_backends.auth.tellSessionEnded(op.userId, *op.sessionId);
    else
        m_backends.accounts.endSockets(op.userId);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed())
        co_return Error::notFound(u"This person has no such session."_s);
    co_return Empty{};
}

Task<StoreStats> AdminService::stats(Caller, GetStats)
{
    const Statement statement{
        "SELECT (SELECT COUNT(*) FROM users), (SELECT COUNT(*) FROM users WHERE deactivated = 1), "
        "(SELECT COUNT(*) FROM users WHERE role = 1 AND deactivated = 0), (SELECT COUNT(*) FROM sessions), "
        "(SELECT COUNT(*) FROM conversations), (SELECT COUNT(*) FROM messages), "
        "(SELECT COUNT(*) FROM invites WHERE uses_left > 0), schema_version, generation FROM server_meta WHERE id = 1",
        {},
        {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    const Row &row = rows->first();
    co_return StoreStats{row.at(0).toInt(), row.at(1).toInt(), row.at(2).toInt(),
                         row.at(3).toInt(), row.at(4).toInt(), row.at(5).toInt(),
                         row.at(6).toInt(), row.at(7).toInt(), row.at(8).toId<GenerationId>()};
}

Task<Generation> AdminService::renewGeneration(Caller caller, RenewGeneration)
{
    const GenerationId generation = m_backends.ids.make<GenerationId>();
    const Batch batch{{"UPDATE server_meta SET generation = ? WHERE id = 1", {generation}, 1},
                      m_backends.audit.record(caller, RenewGeneration::kInfo.name, generation.toString())};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    qCWarning(lcDatabase).noquote() << "the store has a new generation," << generation.toString()
                                    << ": clients sync in full when they connect";
    co_return Generation{generation};
}

Task<AuditPage> AdminService::audit(Caller, ListAudit op)
{
    co_return co_await m_backends.audit.list(op, m_backends.limits.pageSize);
}

Task<Done> AdminService::requirePerson(UserId userId)
{
    const Statement statement{"SELECT 1 FROM users WHERE id = ?", {userId}, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return noSuchPerson();
    co_return Done{};
}

} // namespace confab::server
