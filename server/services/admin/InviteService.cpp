// SPDX-License-Identifier: MIT
#include "server/services/admin/InviteService.h"

#include "server/services/auth/InviteCode.h"
#include "shared/text/TextGate.h"

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 kMostUses = 1'000'000;
constexpr qint64 kWeekSeconds = 7 * 24 * 60 * 60;
constexpr qint64 kLongestSeconds = 10LL * 365 * 24 * 60 * 60;

const QByteArray kInvites =
    "SELECT i.id, i.note, COALESCE((SELECT u.handle FROM users u WHERE u.id = i.created_by), 'confabctl'), "
    "i.created_at, i.expires_at, i.max_uses, i.uses_left FROM invites i ";

Invite inviteOf(const Row &row)
{
    return {row.at(0).toId<InviteId>(), row.at(1).toText(), row.at(2).toText(), row.at(3).toInt(),
            row.at(4).toInt(),          row.at(5).toInt(),  row.at(6).toInt()};
}
} // namespace

Result<Invite> InviteService::checked(const CreateInvite &op) const
{
    Invite invite;
    invite.maxUses = op.uses.value_or(1);
    if (invite.maxUses < 1 || invite.maxUses > kMostUses)
        return Error::invalid(u"uses"_s, u"An invitation has from 1 to %1 uses."_s.arg(kMostUses));
    const qint64 seconds = op.validSeconds.value_or(kWeekSeconds);
    if (seconds < 0 || seconds > kLongestSeconds) {
        return Error::invalid(u"validSeconds"_s,
                              u"An invitation lasts up to %1 seconds; 0 is for ever."_s.arg(kLongestSeconds));
    }
    const TextRules optionalText{Controls::None, true, true};
    const Result<QString> note =
        checkText(u"note"_s, op.note.value_or(QString()), 0, m_limits.displayNameLength, optionalText);
    if (!note)
        return note.error();
    invite.note = *note;
    invite.id = m_ids.make<InviteId>();
    invite.usesLeft = invite.maxUses;
    invite.createdAt = m_clock.utcMs();
    invite.expiresAt = seconds > 0 ? invite.createdAt + seconds * 1000 : 0;
    return invite;
}

Task<NewInvite> InviteService::create(Caller caller, CreateInvite op)
{
    const Result<Invite> invite = checked(op);
    if (!invite)
        co_return invite.error();
    const InviteCode code = mintInviteCode();
    const Batch batch{
        {"INSERT INTO invites (id, code_hash, note, created_by, created_at, expires_at, max_uses, uses_left) "
         "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
         {invite->id, code.hash, invite->note, caller.userId, invite->createdAt, invite->expiresAt, invite->maxUses,
          invite->usesLeft},
         1},
        m_audit.record(caller, CreateInvite::kInfo.name, invite->id.toString(), u"uses %1"_s.arg(invite->maxUses))};
    const Result<BatchOutcome> outcome = co_await m_database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    const Statement statement{kInvites + "WHERE i.id = ?", {invite->id}, {}};
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    co_return NewInvite{rows->isEmpty() ? *invite : inviteOf(rows->first()), code.text};
}

Task<InviteList> InviteService::list(Caller, ListInvites)
{
    const Statement statement{kInvites + "WHERE i.uses_left > 0 AND (i.expires_at = 0 OR i.expires_at > ?) "
                                         "ORDER BY i.id DESC LIMIT ?",
                              {m_clock.utcMs(), m_limits.pageSize},
                              {}};
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    InviteList list;
    for (const Row &row : rows->rows)
        list.invites += inviteOf(row);
    co_return list;
}

Task<Empty> InviteService::revoke(Caller caller, RevokeInvite op)
{
    const Batch batch{{"DELETE FROM invites WHERE id = ?", {op.inviteId}, 1},
                      m_audit.record(caller, RevokeInvite::kInfo.name, op.inviteId.toString())};
    const Result<BatchOutcome> outcome = co_await m_database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed())
        co_return Error::notFound(u"There is no such invitation."_s);
    co_return Empty{};
}

} // namespace confab::server
