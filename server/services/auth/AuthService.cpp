// SPDX-License-Identifier: MIT
#include "server/services/auth/AuthService.h"

#include "server/backends/database/InList.h"
#include "server/runtime/Log.h"
#include "server/services/auth/AccountRows.h"
#include "server/services/auth/InviteCode.h"
#include "server/services/auth/TokenMint.h"
#include "server/services/events/Envelope.h"
#include "shared/text/Handle.h"
#include "shared/text/TextGate.h"

#include <QtCore/QSet>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr auto kRegisterPurpose = "account.register"_L1;

/// Two registrations with the last use of a code are one after the other here: the second misses.
const QByteArray kTakeUse = "UPDATE invites SET uses_left = uses_left - 1 "
                            "WHERE code_hash = ? AND uses_left > 0 AND (expires_at = 0 OR expires_at > ?)";

Error wrongCredentials()
{
    return Error::unauthenticated(u"The handle or the password is wrong."_s);
}

Error sessionOver()
{
    return Error::unauthenticated(u"There is no such session, or it ended. Sign in again."_s);
}

Error accountDeactivated()
{
    return Error::denied(u"This account was deactivated. Please ask the server's administrator."_s);
}

Error inviteRefused(const QString &message)
{
    Error error = Error::denied(message);
    error.field = u"inviteCode"_s;
    return error;
}

Error inviteSpent()
{
    return inviteRefused(u"This invite code is not valid, has expired or was used up. Ask for a new one."_s);
}

Error handleTaken()
{
    return Error::conflict(u"handle"_s, u"This handle is taken, or looks like one that is."_s);
}
} // namespace

AuthService::AuthService(const AuthBackends &backends, const AuthOptions &options)
    : m_backends(backends), m_options(options), m_issuer(backends.clock, backends.ids, options.lifetimes),
      m_cache(backends.clock), m_tasks(lcAuth())
{
}

Result<QString> AuthService::checkedDevice(const std::optional<QString> &name) const
{
    const TextRules optionalName{Controls::None, true, true};
    return checkText(u"deviceName"_s, name.value_or(QString()), 0, m_backends.limits.displayNameLength, optionalName);
}

Result<AuthService::Registrant> AuthService::checked(const RegisterAccount &op) const
{
    const Limits &limits = m_backends.limits;
    const Result<Handle> handle = checkHandle(u"handle"_s, op.handle, limits.handleLength);
    if (!handle)
        return handle.error();
    if (isReservedHandle(*handle))
        return Error::conflict(u"handle"_s, u"This handle is reserved, or looks like one that is."_s);
    const Result<QString> displayName = checkName(u"displayName"_s, op.displayName, limits.displayNameLength);
    if (!displayName)
        return displayName.error();
    const Result<QString> password =
        checkPassword(u"password"_s, op.password, limits.passwordMinLength, limits.passwordMaxLength);
    if (!password)
        return password.error();
    const Result<QString> device = checkedDevice(op.deviceName);
    if (!device)
        return device.error();
    return Registrant{handle->text, handle->skeleton, *displayName, *password, *device};
}

std::optional<Error> AuthService::refusedByPolicy(const RegisterAccount &op) const
{
    switch (m_options.registration) {
    case ServerInfo::Registration::Open:
        return std::nullopt;
    case ServerInfo::Registration::Invite:
        if (op.inviteCode && inviteCodeHash(*op.inviteCode))
            return std::nullopt;
        return inviteRefused(op.inviteCode ? u"This invite code is not valid."_s
                                           : u"An account on this server needs an invite code."_s);
    case ServerInfo::Registration::Unknown:
    case ServerInfo::Registration::Closed:
        break;
    }
    return Error::denied(u"This server takes no new accounts."_s);
}

Batch AuthService::insertAccount(const RegisterAccount &op, const Registrant &who, const User &user,
                                 const QString &hash, const SessionIssuer::NewSession &session) const
{
    Batch batch;
    const qint64 now = m_backends.clock.utcMs();
    if (m_options.registration == ServerInfo::Registration::Invite) {
        const QByteArray code = inviteCodeHash(op.inviteCode.value_or(QString())).value_or(QByteArray());
        batch += {kTakeUse, {code, now}, 1};
    }
    batch +=
        {"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, profile_version, created_at) "
         "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
         {user.id, who.handle, who.skeleton, who.displayName, hash, user.profileVersion, now},
         1};
    if (op.clientId) {
        batch += {"INSERT INTO claims (purpose, scope, client_id, subject, created_at) VALUES (?, ?, ?, ?, ?) "
                  "ON CONFLICT DO NOTHING",
                  {QString(kRegisterPurpose), QUuid(), *op.clientId, user.id, now},
                  1};
    }
    batch += insertTerms(user.id, userTerms(who.handle, who.displayName));
    batch += m_issuer.insert(session, user.id);
    return batch;
}

Task<SignedIn> AuthService::registerAccount(Caller caller, RegisterAccount op)
{
    if (const std::optional<Error> refused = refusedByPolicy(op))
        co_return *refused;
    const Result<Registrant> who = checked(op);
    if (!who)
        co_return who.error();
    auto admitting = m_backends.floods.admit(caller.address, who->handle);
    const Result<Done> admitted = co_await admitting;
    if (!admitted)
        co_return admitted.error();

    const Result<std::optional<Account>> claimed = co_await accountOfClaim(op.clientId);
    if (!claimed)
        co_return claimed.error();
    if (*claimed)
        co_return co_await registeredBefore(**claimed, *who);
    // Both are asked before the hash is paid for; the insert decides.
    if (m_options.registration == ServerInfo::Registration::Invite) {
        const QByteArray code = *inviteCodeHash(*op.inviteCode);
        const Result<Done> invited = co_await checkInvite(code);
        if (!invited)
            co_return invited.error();
    }
    const QList<Value> skeleton{who->skeleton};
    const Result<std::optional<Account>> alike = co_await accountWhere("u.handle_skeleton = ?", skeleton);
    if (!alike)
        co_return alike.error();
    if (*alike)
        co_return handleTaken();

    const Result<QString> hash = co_await m_backends.hasher.hash(who->password);
    if (!hash)
        co_return hash.error();
    const User user{m_backends.ids.make<UserId>(), who->handle, who->displayName, 1, false};
    const SessionIssuer::NewSession session = m_issuer.make(who->deviceName);
    const Batch batch = insertAccount(op, *who, user, *hash, session);
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed()) {
        // The same call may have won meanwhile, sent over another connection.
        const Result<std::optional<Account>> winner = co_await accountOfClaim(op.clientId);
        if (!winner)
            co_return winner.error();
        if (*winner)
            co_return co_await registeredBefore(**winner, *who);
        co_return batch.at(outcome->missed).sql == kTakeUse ? inviteSpent() : handleTaken();
    }
    qCInfo(lcAuth).noquote() << "account" << user.id.toString() << "registered";
    co_return SignedIn{session.token, user, session.session};
}

Task<Done> AuthService::checkInvite(QByteArray codeHash)
{
    const Statement statement{"SELECT 1 FROM invites WHERE code_hash = ? AND uses_left > 0 "
                              "AND (expires_at = 0 OR expires_at > ?)",
                              {codeHash, m_backends.clock.utcMs()},
                              {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return inviteSpent();
    co_return Done{};
}

Task<SignedIn> AuthService::registeredBefore(Account account, Registrant who)
{
    const Result<SignedIn> signedIn = co_await signIn(account, who.password, who.deviceName);
    if (!signedIn && signedIn.error().code == ErrorCode::Unauthenticated)
        co_return Error::conflict(u"clientId"_s, u"This clientId was used for another registration."_s);
    co_return signedIn;
}

Task<SignedIn> AuthService::openSession(Caller caller, OpenSession op)
{
    const Limits &limits = m_backends.limits;
    const Result<QString> device = checkedDevice(op.deviceName);
    if (!device)
        co_return device.error();
    const Result<QString> password = checkPassword(u"password"_s, op.password, 0, limits.passwordMaxLength);
    if (!password)
        co_return password.error();
    // What cannot be a handle cannot be one that is stored; it is answered as any other unknown one.
    const Result<Handle> handle = checkHandle(u"handle"_s, op.handle, limits.handleLength);
    const QString known = handle ? handle->text : QString();
    const QString tried = handle ? handle->text : normalisedHandle(op.handle).left(64);
    auto admitting = m_backends.floods.admit(caller.address, tried);
    const Result<Done> admitted = co_await admitting;
    if (!admitted)
        co_return admitted.error();

    const QList<Value> key{known};
    const Result<std::optional<Account>> account = co_await accountWhere("u.handle = ?", key);
    if (!account)
        co_return account.error();
    const bool hasPassword = *account && !(*account)->passwordHash.isEmpty();
    if (!hasPassword) {
        const Result<PasswordVerdict> paid = co_await m_backends.hasher.verifyNobody(*password);
        if (!paid)
            co_return paid.error();
        co_return wrongCredentials();
    }
    const Result<SignedIn> signedIn = co_await signIn(**account, *password, *device);
    if (signedIn)
        m_backends.floods.succeeded(known);
    co_return signedIn;
}

Task<SignedIn> AuthService::signIn(Account account, QString password, QString deviceName)
{
    const Result<PasswordVerdict> verdict = co_await m_backends.hasher.verify(password, account.passwordHash);
    if (!verdict)
        co_return verdict.error();
    if (!verdict->matches)
        co_return wrongCredentials();
    if (account.user.deactivated)
        co_return accountDeactivated();
    const SessionIssuer::NewSession session = m_issuer.make(deviceName);
    Batch batch = m_issuer.issue(session, account.user.id, account.passwordHash);
    batch += m_issuer.purge(account.user.id);
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed())
        co_return wrongCredentials();
    if (verdict->outdated)
        m_tasks.spawn(rehash(account.user.id, account.passwordHash, password), "rehashing a password");
    co_return SignedIn{session.token, account.user, session.session};
}

Task<Done> AuthService::rehash(UserId userId, QString oldHash, QString password)
{
    const Result<QString> hash = co_await m_backends.hasher.hash(password);
    if (!hash)
        co_return hash.error();
    const Batch batch{
        {"UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?", {*hash, userId, oldHash}, {}}};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    co_return Done{};
}

Task<SessionList> AuthService::listSessions(Caller caller, ListSessions)
{
    const Statement statement{QByteArray("SELECT ") + kSessionColumns +
                                  " FROM sessions s WHERE s.user_id = ? AND (s.expires_at = 0 OR s.expires_at > ?) "
                                  "ORDER BY s.last_seen_at DESC, s.id DESC LIMIT ?",
                              {caller.userId, m_backends.clock.utcMs(), m_backends.limits.pageSize},
                              {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    SessionList list;
    for (const Row &row : rows->rows) {
        Session session = sessionOf(row);
        session.current = session.id == caller.sessionId;
        list.sessions += session;
    }
    co_return list;
}

Task<Empty> AuthService::revokeSession(Caller caller, RevokeSession op)
{
    const Batch batch{{"DELETE FROM sessions WHERE id = ? AND user_id = ?", {op.sessionId, caller.userId}, 1}};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    // Also where the outcome is unknown: the next request then reads what came of it.
    m_cache.remove(op.sessionId);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed())
        co_return Error::notFound(u"There is no such session of yours."_s);
    tellSessionEnded(caller.userId, op.sessionId);
    qCInfo(lcAuth).noquote() << "session" << op.sessionId.toString() << "revoked by its owner";
    co_return Empty{};
}

void AuthService::tellSessionEnded(const UserId &userId, const SessionId &sessionId)
{
    m_cache.remove(sessionId);
    Envelope envelope;
    envelope.kind = Envelope::Kind::SessionEnded;
    envelope.userId = userId;
    envelope.sessionId = sessionId;
    m_backends.bus.publish(sessionsTopic(), encodeEnvelope(envelope));
}

Task<QString> AuthService::provePassword(Caller caller, QString field, QString password)
{
    const Result<QString> given = checkPassword(field, password, 0, m_backends.limits.passwordMaxLength);
    if (!given)
        co_return given.error();
    const QList<Value> key{caller.userId};
    const Result<std::optional<Account>> account = co_await accountWhere("u.id = ? AND u.deactivated = 0", key);
    if (!account)
        co_return account.error();
    if (!*account)
        co_return sessionOver();
    const QString handle = (*account)->user.handle;
    const QString hash = (*account)->passwordHash;
    if (hash.isEmpty())
        co_return Error::denied(u"This account has no password: the app it belongs to signs it in."_s);
    auto admitting = m_backends.floods.admit(caller.address, handle);
    const Result<Done> admitted = co_await admitting;
    if (!admitted)
        co_return admitted.error();
    const Result<PasswordVerdict> verdict = co_await m_backends.hasher.verify(*given, hash);
    if (!verdict)
        co_return verdict.error();
    if (!verdict->matches) {
        Error wrong = Error::denied(u"The password is wrong."_s);
        wrong.field = field;
        co_return wrong;
    }
    m_backends.floods.succeeded(handle);
    co_return hash;
}

Task<Empty> AuthService::changePassword(Caller caller, ChangePassword op)
{
    const Limits &limits = m_backends.limits;
    const Result<QString> password =
        checkPassword(u"newPassword"_s, op.newPassword, limits.passwordMinLength, limits.passwordMaxLength);
    if (!password)
        co_return password.error();
    const QString field = u"currentPassword"_s;
    const Result<QString> proven = co_await provePassword(caller, field, op.currentPassword);
    if (!proven)
        co_return proven.error();
    const Result<QString> hash = co_await m_backends.hasher.hash(*password);
    if (!hash)
        co_return hash.error();
    const Batch batch{
        {"UPDATE users SET password_hash = ? WHERE id = ? AND deactivated = 0 AND password_hash = ?",
         {*hash, caller.userId, *proven},
         1},
        {"SELECT 1 FROM sessions WHERE id = ? AND user_id = ?", {caller.sessionId, caller.userId}, 1},
        {"DELETE FROM sessions WHERE user_id = ? AND id <> ? RETURNING id", {caller.userId, caller.sessionId}, {}}};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (outcome->missed == 1)
        co_return sessionOver();
    if (!outcome->committed())
        co_return Error::conflict({}, u"The password changed meanwhile. Please try again."_s);
    for (const Row &row : outcome->results.last().rows)
        tellSessionEnded(caller.userId, row.first().toId<SessionId>());
    qCInfo(lcAuth).noquote() << "password of account" << caller.userId.toString() << "changed,"
                             << outcome->results.last().rows.size() << "other sessions ended";
    co_return Empty{};
}

Task<qint64> AuthService::renewSession(Caller caller)
{
    const qint64 now = m_backends.clock.utcMs();
    const Batch batch{m_issuer.renewal(caller.sessionId, now),
                      {"SELECT s.expires_at FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ? "
                       "AND u.id = ? AND u.deactivated = 0 AND (s.expires_at = 0 OR s.expires_at > ?)",
                       {caller.sessionId, caller.userId, now},
                       {}}};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (outcome->results.last().isEmpty())
        co_return sessionOver();
    co_return outcome->results.last().first().first().toInt();
}

Result<Done> AuthService::admitBackend(const QString &key) const
{
    if (m_options.adminKey.isEmpty())
        return Error::unauthenticated(u"This server has no admin key (auth.admin_key), so it admits no backend."_s);
    if (!sameSecret(key, m_options.adminKey))
        return Error::unauthenticated(u"Send the server's admin key as Authorization: Bearer."_s);
    return Done{};
}

Task<Authenticated> AuthService::authenticate(QString token, QString address, Source source)
{
    const std::optional<QByteArray> hash = tokenHash(token);
    if (!hash)
        co_return sessionOver();
    if (source == Source::Cache) {
        std::optional<Authenticated> known = m_cache.find(*hash);
        if (known && (known->session.expiresAt == 0 || known->session.expiresAt > m_backends.clock.utcMs())) {
            known->caller.address = address;
            co_return *known;
        }
    }
    const quint64 epoch = m_cache.epoch();
    const qint64 now = m_backends.clock.utcMs();
    const Statement statement{QByteArray("SELECT ") + kUserColumns + ", " + kSessionColumns +
                                  " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = ? "
                                  "AND u.deactivated = 0 AND (s.expires_at = 0 OR s.expires_at > ?)",
                              {*hash, now},
                              {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return sessionOver();
    Authenticated found{{}, userOf(rows->first()), sessionOf(rows->first(), kUserColumnCount)};
    found.session.current = true;
    found.caller = {found.user.id, found.session.id, address};
    if (now - found.session.lastSeenAt >= m_issuer.renewalIntervalMs()) {
        m_tasks.spawn(noteSeen(found.session.id, now), "noting that a session was seen");
        found.session.lastSeenAt = now;
    }
    m_cache.insert(*hash, found, epoch);
    co_return found;
}

Task<Authenticated> AuthService::describe(Caller caller)
{
    const Statement statement{QByteArray("SELECT ") + kUserColumns + ", " + kSessionColumns +
                                  " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ? AND u.id = ? "
                                  "AND u.deactivated = 0 AND (s.expires_at = 0 OR s.expires_at > ?)",
                              {caller.sessionId, caller.userId, m_backends.clock.utcMs()},
                              {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return sessionOver();
    Authenticated found{caller, userOf(rows->first()), sessionOf(rows->first(), kUserColumnCount)};
    found.session.current = true;
    co_return found;
}

Task<QList<SessionId>> AuthService::sessionsOver(QList<SessionId> ids)
{
    const QList<Value> values = idList(ids);
    const Statement statement{"SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id IN (" +
                                  placeholders(values.size()) + ") AND u.deactivated = 0",
                              values,
                              {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    QSet<SessionId> valid;
    for (const Row &row : rows->rows)
        valid.insert(row.at(0).toId<SessionId>());
    QList<SessionId> over;
    for (const SessionId &id : ids) {
        if (!valid.contains(id))
            over.append(id);
    }
    co_return over;
}

Task<Done> AuthService::noteSeen(SessionId sessionId, qint64 now)
{
    const Batch batch{m_issuer.renewal(sessionId, now)};
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    co_return Done{};
}

Task<std::optional<AuthService::Account>> AuthService::accountWhere(QByteArray condition, QList<Value> parameters)
{
    const Statement statement{
        QByteArray("SELECT ") + kUserColumns + ", u.password_hash FROM users u WHERE " + condition, parameters, {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return std::optional<Account>();
    const Account account{userOf(rows->first()), rows->first().at(kUserColumnCount).toText()};
    co_return std::optional<Account>(account);
}

Task<std::optional<AuthService::Account>> AuthService::accountOfClaim(std::optional<ClientId> clientId)
{
    if (!clientId)
        co_return std::optional<Account>();
    const QByteArray claim =
        "u.id = (SELECT c.subject FROM claims c WHERE c.purpose = ? AND c.scope = ? AND c.client_id = ?)";
    const QList<Value> parameters{QString(kRegisterPurpose), QUuid(), *clientId};
    co_return co_await accountWhere(claim, parameters);
}

} // namespace confab::server
