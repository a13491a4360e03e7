// SPDX-License-Identifier: MIT
#include "server/services/admin/AuditLog.h"

#include <algorithm>

namespace confab::server {
using namespace Qt::StringLiterals;

Statement AuditLog::record(const Caller &caller, const char *action, const UserId &target, const QString &detail) const
{
    return insert(caller, action, target, target.toString(), detail);
}

Statement AuditLog::record(const Caller &caller, const char *action, const QString &target, const QString &detail) const
{
    return insert(caller, action, {}, target, detail);
}

Statement AuditLog::insert(const Caller &caller, const char *action, const UserId &person, const QString &target,
                           const QString &detail) const
{
    return {"INSERT INTO audit_log (id, at, actor_id, actor, address, action, target, detail) "
            "SELECT (SELECT COALESCE(MAX(l.id), 0) + 1 FROM audit_log l), ?, ?, "
            "COALESCE((SELECT handle FROM users WHERE id = ?), 'confabctl'), ?, ?, "
            "COALESCE((SELECT handle FROM users WHERE id = ?), ?), ?",
            {m_clock.utcMs(), caller.userId, caller.userId, caller.address, QString::fromLatin1(action), person, target,
             detail},
            1};
}

Task<AuditPage> AuditLog::list(ListAudit op, qint64 pageSize)
{
    if (op.limit && *op.limit < 1)
        co_return Error::invalid(u"limit"_s, u"A page has at least one row."_s);
    const qint64 limit = std::min(op.limit.value_or(pageSize), pageSize);
    QByteArray sql = "SELECT id, at, actor, address, action, target, detail FROM audit_log";
    QList<Value> parameters;
    if (op.before) {
        sql += " WHERE id < ?";
        parameters += *op.before;
    }
    sql += " ORDER BY id DESC LIMIT ?";
    parameters += limit + 1;
    const Statement statement{sql, parameters, {}};
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    AuditPage page;
    for (const Row &row : rows->rows) {
        if (page.entries.size() == limit) {
            page.more = true;
            break;
        }
        page.entries += AuditEntry{row.at(0).toInt(),  row.at(1).toInt(),  row.at(2).toText(), row.at(3).toText(),
                                   row.at(4).toText(), row.at(5).toText(), row.at(6).toText()};
    }
    co_return page;
}

} // namespace confab::server
