// SPDX-License-Identifier: MIT
#include "server/services/auth/UserService.h"

#include "server/backends/database/InList.h"
#include "server/services/auth/AccountRows.h"
#include "shared/text/Handle.h"
#include "shared/text/SearchFold.h"
#include "shared/text/TextGate.h"

#include <algorithm>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 kDefaultFound = 20;
constexpr qint64 kQueryLength = 128;
constexpr qsizetype kQueryWords = 4;

/// The end of the range of terms that begin with a prefix.
QString endOfPrefix(const QString &prefix)
{
    return prefix + QStringView(QChar::fromUcs4(0x10FFFF)).toString();
}

constexpr auto kHasTerm = "u.id IN (SELECT t.user_id FROM user_terms t WHERE t.term >= ? AND t.term < ?)";

Statement searchStatement(const QString &query, qint64 limit)
{
    const QString handle = foldForSearch(normalisedHandle(query));
    // Who types the sign means a handle.
    const QStringList words = query.startsWith(u'@') ? QStringList() : searchWords(query).mid(0, kQueryWords);
    QByteArray condition = kHasTerm;
    QList<Value> parameters{handle, endOfPrefix(handle)};
    if (!words.isEmpty()) {
        condition += " OR (";
        for (qsizetype i = 0; i < words.size(); ++i) {
            condition += i > 0 ? QByteArray(" AND ") + kHasTerm : QByteArray(kHasTerm);
            parameters += {words.at(i), endOfPrefix(words.at(i))};
        }
        condition += ')';
    }
    parameters += {normalisedHandle(query), limit};
    return {QByteArray("SELECT ") + kUserColumns + " FROM users u WHERE u.deactivated = 0 AND (" + condition +
                ") ORDER BY CASE WHEN u.handle = ? THEN 0 ELSE 1 END, u.handle LIMIT ?",
            parameters,
            {}};
}

} // namespace

Task<User> UserService::getUser(Caller, GetUser op)
{
    const Statement statement{QByteArray("SELECT ") + kUserColumns + " FROM users u WHERE u.id = ?", {op.userId}, {}};
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return Error::notFound(u"There is no such person."_s);
    co_return userOf(rows->first());
}

Task<User> UserService::getMe(Caller caller, GetMe)
{
    const GetUser self{caller.userId};
    co_return co_await getUser(caller, self);
}

Task<UserList> UserService::getUsers(Caller, GetUsers op)
{
    if (op.ids.size() > m_limits.pageSize)
        co_return Error::tooLarge(u"ids"_s, u"At most %1 people can be asked for at once."_s.arg(m_limits.pageSize));
    UserList list;
    if (op.ids.isEmpty())
        co_return list;
    const QList<Value> parameters = idList(op.ids);
    const Statement statement{QByteArray("SELECT ") + kUserColumns + " FROM users u WHERE u.id IN (" +
                                  placeholders(parameters.size()) + ')',
                              parameters,
                              {}};
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    for (const Row &row : rows->rows)
        list.users += userOf(row);
    co_return list;
}

Task<UserList> UserService::searchUsers(Caller, SearchUsers op)
{
    const Result<QString> query = checkName(u"query"_s, op.query, kQueryLength);
    if (!query)
        co_return query.error();
    if (op.limit && *op.limit < 1)
        co_return Error::invalid(u"limit"_s, u"A page has at least one row."_s);
    if (foldForSearch(normalisedHandle(*query)).isEmpty())
        co_return UserList{};
    const Statement statement = searchStatement(*query, std::min(op.limit.value_or(kDefaultFound), m_limits.pageSize));
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    UserList list;
    for (const Row &row : rows->rows)
        list.users += userOf(row);
    co_return list;
}

Task<User> UserService::updateUser(Caller caller, UpdateUser op)
{
    const GetUser self{caller.userId};
    const Result<User> before = co_await getUser(caller, self);
    if (!before || op.displayName.state == Patch<QString>::State::Keep)
        co_return before;
    const Result<QString> name = checkName(u"displayName"_s, op.displayName.value, m_limits.displayNameLength);
    if (!name)
        co_return name.error();
    if (*name == before->displayName)
        co_return before;

    Batch batch{{QByteArray("UPDATE users AS u SET display_name = ?, profile_version = profile_version + 1, "
                            "account_revision = account_revision + 1 WHERE u.id = ? AND u.deactivated = 0 RETURNING ") +
                     "id, handle, display_name, profile_version, deactivated, account_revision",
                 {*name, caller.userId},
                 1},
                {"DELETE FROM user_terms WHERE user_id = ?", {caller.userId}, {}}};
    batch += insertTerms(caller.userId, userTerms(before->handle, *name));
    const Result<BatchOutcome> outcome = co_await m_database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed())
        co_return Error::unauthenticated(u"This account is not active."_s);
    const Row row = outcome->results.first().first();
    const User after = userOf(row);
    const Result<Done> published = co_await m_profiles.publish(after, row.at(kUserColumnCount).toInt());
    // The change stands. Those who were not told learn it by its profile version.
    Q_UNUSED(published)
    co_return after;
}

} // namespace confab::server
