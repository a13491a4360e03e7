// SPDX-License-Identifier: MIT
#include "server/services/presence/PresenceRows.h"

#include "server/backends/database/InList.h"

#include <algorithm>

namespace confab::server {

namespace {

constexpr qsizetype kPeopleInStatement = 512;

// After a node was killed the last use of a session is all that is known.
constexpr auto kSelect = "SELECT u.id, u.deactivated, COALESCE(p.last_seen_at, 0), COALESCE(p.hides_last_seen, 0), "
                         "COALESCE(p.status_text, ''), COALESCE(p.status_expires_at, 0), "
                         "COALESCE((SELECT MAX(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id), 0) "
                         "FROM users u LEFT JOIN user_presence p ON p.user_id = u.id WHERE u.id IN (";

// Person by person, which LIMIT makes sure of: PostgreSQL would rather read all members of all conversations of the one
// who asks.
constexpr auto kShared =
    "(SELECT 1 FROM members me JOIN members m ON m.conversation_id = me.conversation_id "
    "WHERE me.user_id = ? AND me.has_left = 0 AND m.user_id = u.id AND m.has_left = 0 LIMIT 1) = 1";

PresenceRow rowOf(const Row &row)
{
    PresenceRow person;
    person.userId = row.at(0).toId<UserId>();
    person.isActive = !row.at(1).toBool();
    person.lastSeenAt = std::max(row.at(2).toInt(), row.at(6).toInt());
    person.own = {row.at(4).toText(), row.at(5).toInt(), row.at(3).toBool()};
    return person;
}

} // namespace

Presence PresenceRow::seenAs(Presence::State state, qint64 nowMs) const
{
    Presence seen;
    seen.userId = userId;
    seen.state = isActive ? state : Presence::State::Offline;
    if (!isActive)
        return seen;
    if (state == Presence::State::Offline && !own.lastSeenHidden)
        seen.lastSeenAt = lastSeenAt;
    if (own.statusExpiresAt == 0 || own.statusExpiresAt > nowMs) {
        seen.statusText = own.statusText;
        seen.statusExpiresAt = own.statusExpiresAt;
    }
    return seen;
}

Task<QList<PresenceRow>> PresenceRows::read(QList<UserId> people)
{
    QList<PresenceRow> all;
    for (qsizetype at = 0; at < people.size(); at += kPeopleInStatement) {
        const QList<Value> parameters = idList(people.mid(at, kPeopleInStatement));
        const Statement statement{kSelect + placeholders(parameters.size()) + ')', parameters, {}};
        const Result<Rows> rows = co_await m_database.query(statement);
        if (!rows)
            co_return rows.error();
        for (const Row &row : rows->rows)
            all.append(rowOf(row));
    }
    co_return all;
}

Task<QList<UserId>> PresenceRows::visibleTo(UserId userId, QList<UserId> people)
{
    QList<UserId> visible;
    for (qsizetype at = 0; at < people.size(); at += kPeopleInStatement) {
        QList<Value> parameters = idList(people.mid(at, kPeopleInStatement));
        const QByteArray sql = "SELECT u.id FROM users u WHERE u.id IN (" + placeholders(parameters.size()) +
                               ") AND (u.id = ? OR " + kShared + ')';
        parameters += {userId, userId};
        const Statement statement{sql, parameters, {}};
        const Result<Rows> rows = co_await m_database.query(statement);
        if (!rows)
            co_return rows.error();
        for (const Row &row : rows->rows)
            visible.append(row.first().toId<UserId>());
    }
    co_return visible;
}

Task<Done> PresenceRows::write(Statement statement)
{
    const Batch batch{statement};
    const Result<BatchOutcome> outcome = co_await m_database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    co_return Done{};
}

Task<Done> PresenceRows::writeLastSeen(QHash<UserId, qint64> times)
{
    if (times.isEmpty())
        co_return Done{};
    // In one order, so that two shards do not wait for each other.
    QList<UserId> people = times.keys();
    std::sort(people.begin(), people.end());
    Batch batch;
    for (qsizetype at = 0; at < people.size(); at += kPeopleInStatement) {
        QByteArray tuples;
        QList<Value> parameters;
        for (const UserId &userId : people.mid(at, kPeopleInStatement)) {
            tuples += tuples.isEmpty() ? "(?, ?)" : ", (?, ?)";
            parameters += {userId, times.value(userId)};
        }
        batch += {"INSERT INTO user_presence (user_id, last_seen_at) VALUES " + tuples +
                      " ON CONFLICT (user_id) DO UPDATE SET last_seen_at = excluded.last_seen_at "
                      "WHERE user_presence.last_seen_at < excluded.last_seen_at",
                  parameters,
                  {}};
    }
    const Result<BatchOutcome> outcome = co_await m_database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    co_return Done{};
}

Task<Done> PresenceRows::writeStatus(UserId userId, QString text, qint64 expiresAt)
{
    return write({"INSERT INTO user_presence (user_id, status_text, status_expires_at) VALUES (?, ?, ?) "
                  "ON CONFLICT (user_id) DO UPDATE SET status_text = excluded.status_text, "
                  "status_expires_at = excluded.status_expires_at",
                  {userId, text, expiresAt},
                  {}});
}

Task<Done> PresenceRows::writeHidden(UserId userId, bool hidden)
{
    return write({"INSERT INTO user_presence (user_id, hides_last_seen) VALUES (?, ?) "
                  "ON CONFLICT (user_id) DO UPDATE SET hides_last_seen = excluded.hides_last_seen",
                  {userId, hidden},
                  {}});
}

} // namespace confab::server
