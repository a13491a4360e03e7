// SPDX-License-Identifier: MIT
#include "apps/confabctl/Commands.h"

#include "server/services/auth/InviteCode.h"

namespace confab::ctl {
using namespace Qt::StringLiterals;

namespace {
QString yesOrNo(bool yes)
{
    return yes ? u"yes"_s : u"no"_s;
}

QString stateOf(const AccountRecord &account)
{
    if (account.deleted)
        return u"deleted"_s;
    if (account.user.deactivated)
        return u"deactivated"_s;
    return account.administrator ? u"administrator"_s : u"active"_s;
}

QString accountTable(const AccountList &list)
{
    QList<QStringList> rows;
    for (const AccountRecord &account : list.accounts) {
        rows += QStringList{account.user.handle,
                            account.user.displayName,
                            stateOf(account),
                            QString::number(account.sessions),
                            timeText(account.lastSeenAt),
                            timeText(account.createdAt)};
    }
    return table({u"HANDLE"_s, u"NAME"_s, u"STATE"_s, u"SESSIONS"_s, u"LAST SEEN"_s, u"CREATED"_s}, rows);
}
} // namespace

bool Commands::knows(const QStringList &words)
{
    // Each with its fewest and most words.
    static const QMap<QString, std::pair<int, int>> known{
        {u"admin add"_s, {3, 3}},       {u"admin remove"_s, {3, 3}},
        {u"users"_s, {1, 1}},           {u"users list"_s, {2, 2}},
        {u"users show"_s, {3, 3}},      {u"user deactivate"_s, {3, 3}},
        {u"user reactivate"_s, {3, 3}}, {u"user reset-password"_s, {3, 3}},
        {u"sessions list"_s, {3, 3}},   {u"sessions end"_s, {3, 4}},
        {u"invites create"_s, {2, 2}},  {u"invites list"_s, {2, 2}},
        {u"invites revoke"_s, {3, 3}},  {u"stats"_s, {1, 1}},
        {u"audit"_s, {1, 1}},           {u"generation renew"_s, {2, 2}}};
    const auto found = known.constFind(words.mid(0, 2).join(u' '));
    return found != known.constEnd() && words.size() >= found->first && words.size() <= found->second;
}

Exit Commands::run()
{
    const QString &what = m_line.words.first();
    if (what == "admin"_L1)
        return admin();
    if (what == "users"_L1)
        return users();
    if (what == "user"_L1)
        return user();
    if (what == "sessions"_L1)
        return sessions();
    if (what == "invites"_L1)
        return invites();
    if (what == "stats"_L1)
        return stats();
    if (what == "audit"_L1)
        return audit();
    return renewGeneration();
}

Result<AccountRecord> Commands::account(const QString &handle)
{
    ListAccounts op;
    op.handle = handle;
    const Result<AccountList> list = m_target.call(op);
    if (!list)
        return list.error();
    if (list->accounts.isEmpty())
        return Error::notFound(u"There is no account with the handle %1."_s.arg(handle));
    return list->accounts.first();
}

Result<AccountList> Commands::allAccounts()
{
    AccountList all;
    ListAccounts op;
    for (;;) {
        const Result<AccountList> page = m_target.call(op);
        if (!page)
            return page.error();
        all.accounts += page->accounts;
        if (!page->more || page->accounts.isEmpty())
            return all;
        op.after = page->accounts.last().user.handle;
    }
}

Result<std::optional<qint64>> Commands::number(const QString &option) const
{
    if (!m_line.has(option))
        return std::optional<qint64>();
    bool isNumber = false;
    const qint64 value = m_line.option(option).toLongLong(&isNumber);
    if (!isNumber)
        return Error::invalid(u"--"_s + option, u"This must be a number."_s);
    return std::optional<qint64>(value);
}

Exit Commands::admin()
{
    const QString handle = m_line.words.at(2);
    const bool add = m_line.words.at(1) == "add"_L1;
    const Result<AccountRecord> found = account(handle);
    if (found)
        return setAdministrator(found->user.id, found->user.handle, add);
    if (found.error().code != ErrorCode::NotFound || !add)
        return m_output.fail(found.error());
    if (!m_target.isLocal()) {
        return m_output.fail(Error::notFound(
            u"There is no account with the handle %1. Invite its owner first: confabctl invites create."_s.arg(
                handle)));
    }
    return addNewAdministrator(handle);
}

Exit Commands::setAdministrator(const UserId &userId, const QString &handle, bool administrator)
{
    const Result<Empty> done = m_target.call(SetAdministrator{userId, administrator});
    if (!done)
        return m_output.fail(done.error());
    return m_output.answer(*done, administrator ? u"%1 is an administrator."_s.arg(handle)
                                                : u"%1 is no administrator."_s.arg(handle));
}

/// The account gets a password only by the reset after it, which also ends the session that making it opens.
Exit Commands::addNewAdministrator(const QString &handle)
{
    RegisterAccount op;
    op.handle = handle;
    op.displayName = handle;
    op.password = server::mintPassword();
    const Result<SignedIn> made = m_target.call(op);
    if (!made)
        return m_output.fail(made.error());
    const Result<FreshPassword> fresh = m_target.call(ResetPassword{made->user.id});
    if (!fresh)
        return m_output.fail(fresh.error());
    const Result<Empty> done = m_target.call(SetAdministrator{made->user.id, true});
    if (!done)
        return m_output.fail(done.error());
    return m_output.answer(*fresh,
                           u"The account %1 was made and is an administrator.\nIts password, shown only now: %2"_s.arg(
                               made->user.handle, fresh->password));
}

Exit Commands::users()
{
    if (m_line.words.value(1) == "show"_L1) {
        const Result<AccountRecord> found = account(m_line.words.at(2));
        if (!found)
            return m_output.fail(found.error());
        return m_output.answer(*found,
                               u"handle         %1\nname           %2\nid             %3\nstate          %4\n"
                               u"administrator  %5\nsessions       %6\nlast seen      %7\ncreated        %8"_s.arg(
                                   found->user.handle, found->user.displayName, found->user.id.toString(),
                                   stateOf(*found), yesOrNo(found->administrator), QString::number(found->sessions),
                                   timeText(found->lastSeenAt), timeText(found->createdAt)));
    }
    const Result<AccountList> list = allAccounts();
    return list ? m_output.answer(*list, accountTable(*list)) : m_output.fail(list.error());
}

Exit Commands::user()
{
    const QString &what = m_line.words.at(1);
    const Result<AccountRecord> found = account(m_line.words.at(2));
    if (!found)
        return m_output.fail(found.error());
    if (what == "reset-password"_L1) {
        const Result<FreshPassword> fresh = m_target.call(ResetPassword{found->user.id});
        if (!fresh)
            return m_output.fail(fresh.error());
        return m_output.answer(*fresh, u"All sessions of %1 have ended. The new password, shown only now: %2"_s.arg(
                                           found->user.handle, fresh->password));
    }
    const bool active = what == "reactivate"_L1;
    const Result<User> done = m_target.call(SetAccountActive{found->user.id, active});
    if (!done)
        return m_output.fail(done.error());
    return m_output.answer(*done, active ? u"%1 can sign in again."_s.arg(done->handle)
                                         : u"%1 is signed out everywhere and cannot sign in."_s.arg(done->handle));
}

Exit Commands::sessions()
{
    const Result<AccountRecord> found = account(m_line.words.at(2));
    if (!found)
        return m_output.fail(found.error());
    if (m_line.words.at(1) == "list"_L1) {
        const Result<SessionList> list = m_target.call(ListSessionsOf{found->user.id});
        if (!list)
            return m_output.fail(list.error());
        QList<QStringList> rows;
        for (const Session &session : list->sessions) {
            rows += QStringList{session.id.toString(), session.deviceName, timeText(session.lastSeenAt),
                                timeText(session.createdAt), timeText(session.expiresAt)};
        }
        return m_output.answer(*list, table({u"ID"_s, u"DEVICE"_s, u"LAST SEEN"_s, u"OPENED"_s, u"EXPIRES"_s}, rows));
    }
    EndSessionsOf op{found->user.id, {}};
    if (m_line.words.size() > 3) {
        op.sessionId = SessionId::fromString(m_line.words.at(3));
        if (!op.sessionId)
            return m_output.fail(Error::invalid(u"ID"_s, u"This is no session's id; see confabctl sessions list."_s));
    }
    const Result<Empty> done = m_target.call(op);
    if (!done)
        return m_output.fail(done.error());
    return m_output.answer(*done, op.sessionId ? u"The session has ended."_s
                                               : u"All sessions of %1 have ended."_s.arg(found->user.handle));
}

Exit Commands::invites()
{
    const QString &what = m_line.words.at(1);
    if (what == "create"_L1) {
        const Result<std::optional<qint64>> uses = number(u"uses"_s);
        const Result<std::optional<qint64>> hours = number(u"valid-hours"_s);
        if (!uses || !hours)
            return m_output.fail(Exit::Usage, u"--uses and --valid-hours take a number."_s);
        CreateInvite op;
        op.uses = *uses;
        if (*hours)
            op.validSeconds = **hours * 3600;
        if (m_line.has(u"note"_s))
            op.note = m_line.option(u"note"_s);
        const Result<NewInvite> made = m_target.call(op);
        if (!made)
            return m_output.fail(made.error());
        const Invite &invite = made->invite;
        return m_output.answer(*made, u"Invite code, shown only now: %1\nid %2, uses %3, expires %4"_s.arg(
                                          made->code, invite.id.toString(), QString::number(invite.maxUses),
                                          invite.expiresAt > 0 ? timeText(invite.expiresAt) : u"never"_s));
    }
    if (what == "list"_L1) {
        const Result<InviteList> list = m_target.call(ListInvites{});
        if (!list)
            return m_output.fail(list.error());
        QList<QStringList> rows;
        for (const Invite &invite : list->invites) {
            rows += QStringList{invite.id.toString(), u"%1 of %2"_s.arg(invite.usesLeft).arg(invite.maxUses),
                                timeText(invite.expiresAt), invite.createdBy, invite.note};
        }
        return m_output.answer(*list, table({u"ID"_s, u"USES LEFT"_s, u"EXPIRES"_s, u"BY"_s, u"NOTE"_s}, rows));
    }
    const std::optional<InviteId> id = InviteId::fromString(m_line.words.at(2));
    if (!id)
        return m_output.fail(Error::invalid(u"ID"_s, u"This is no invitation's id; see confabctl invites list."_s));
    const Result<Empty> done = m_target.call(RevokeInvite{*id});
    return done ? m_output.answer(*done, u"The invitation is worth nothing now."_s) : m_output.fail(done.error());
}

Exit Commands::stats()
{
    const Result<StoreStats> stats = m_target.call(GetStats{});
    if (!stats)
        return m_output.fail(stats.error());
    return m_output.answer(*stats, u"accounts        %1 (%2 deactivated, %3 administrators)\nsessions        %4\n"
                                   u"conversations   %5\nmessages        %6\ninvites         %7\nschema          %8\n"
                                   u"generation      %9"_s.arg(stats->accounts)
                                       .arg(stats->deactivated)
                                       .arg(stats->administrators)
                                       .arg(stats->sessions)
                                       .arg(stats->conversations)
                                       .arg(stats->messages)
                                       .arg(stats->invites)
                                       .arg(stats->schemaVersion)
                                       .arg(stats->generation.toString()));
}

Exit Commands::audit()
{
    const Result<std::optional<qint64>> limit = number(u"limit"_s);
    if (!limit)
        return m_output.fail(Exit::Usage, u"--limit takes a number."_s);
    ListAudit op;
    op.limit = *limit;
    const Result<AuditPage> page = m_target.call(op);
    if (!page)
        return m_output.fail(page.error());
    QList<QStringList> rows;
    for (const AuditEntry &entry : page->entries)
        rows += QStringList{timeText(entry.at), entry.actor, entry.address, entry.action, entry.target, entry.detail};
    return m_output.answer(*page, table({u"WHEN"_s, u"WHO"_s, u"FROM"_s, u"ACTION"_s, u"TARGET"_s, u"DETAIL"_s}, rows));
}

Exit Commands::renewGeneration()
{
    const Result<Generation> renewed = m_target.call(RenewGeneration{});
    if (!renewed)
        return m_output.fail(renewed.error());
    return m_output.answer(*renewed, u"The store's generation is now %1. Clients sync in full when they connect."_s.arg(
                                         renewed->generation.toString()));
}

} // namespace confab::ctl
