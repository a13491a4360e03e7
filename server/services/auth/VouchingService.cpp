// SPDX-License-Identifier: MIT
#include "server/services/auth/VouchingService.h"

#include "server/runtime/Log.h"
#include "server/services/auth/AccountRows.h"
#include "shared/text/TextGate.h"

#include <QtCore/QRandomGenerator>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 kExternalIdLength = 128;
constexpr qint64 kLongestLifetimeSeconds = 10LL * 365 * 24 * 60 * 60;
/// Of two calls at once for a new person one finds the other's account in the second round.
constexpr int kRounds = 3;

/// A handle for somebody who was given none: nobody's name, and hard to mistake for another of its kind.
QString inventedHandle()
{
    constexpr QStringView letters = u"abcdefghjkmnpqrstuvwxyz23456789";
    QString handle = u"user-"_s;
    for (int i = 0; i < 10; ++i)
        handle += letters.at(QRandomGenerator::system()->bounded(static_cast<int>(letters.size())));
    return handle;
}
} // namespace

Result<VouchingService::Person> VouchingService::checked(const OpenSessionFor &op) const
{
    const Limits &limits = m_backends.limits;
    const TextRules asItIs{Controls::None, false, false};
    const TextRules optionalName{Controls::None, true, true};
    const Result<QString> externalId = checkText(u"externalId"_s, op.externalId, 1, kExternalIdLength, asItIs);
    if (!externalId)
        return externalId.error();
    const Result<QString> name = checkName(u"displayName"_s, op.displayName, limits.displayNameLength);
    if (!name)
        return name.error();
    const Result<QString> device =
        checkText(u"deviceName"_s, op.deviceName.value_or(QString()), 0, limits.displayNameLength, optionalName);
    if (!device)
        return device.error();
    const qint64 seconds = op.lifetimeSeconds.value_or(0);
    if (op.lifetimeSeconds && (seconds < 1 || seconds > kLongestLifetimeSeconds)) {
        return Error::invalid(
            u"lifetimeSeconds"_s,
            u"A lifetime is from 1 to %1 seconds; leave it out for the server's own."_s.arg(kLongestLifetimeSeconds));
    }
    Person person{*externalId, *name, {}, *device, seconds * 1000};
    if (op.handle) {
        const Result<Handle> handle = checkHandle(u"handle"_s, *op.handle, limits.handleLength);
        if (!handle)
            return handle.error();
        if (isReservedHandle(*handle))
            return Error::conflict(u"handle"_s, u"This handle is reserved, or looks like one that is."_s);
        person.handle = *handle;
    }
    return person;
}

Task<SignedIn> VouchingService::openSessionFor(Caller, OpenSessionFor op)
{
    const Result<Person> person = checked(op);
    if (!person)
        co_return person.error();
    for (int round = 0; round < kRounds; ++round) {
        const Result<std::optional<User>> known = co_await find(person->externalId);
        if (!known)
            co_return known.error();
        if (*known)
            co_return co_await open(**known, *person);
        const Result<std::optional<SignedIn>> made = co_await make(*person);
        if (!made)
            co_return made.error();
        if (*made)
            co_return **made;
    }
    if (person->handle)
        co_return Error::conflict(u"handle"_s, u"This handle is taken, or looks like one that is."_s);
    co_return Error::unavailable(u"The account could not be made. Please try again."_s);
}

Task<std::optional<User>> VouchingService::find(QString externalId)
{
    const Statement statement{QByteArray("SELECT ") + kUserColumns +
                                  " FROM external_accounts e JOIN users u ON u.id = e.user_id WHERE e.external_id = ?",
                              {externalId},
                              {}};
    const Result<Rows> rows = co_await m_backends.database.query(statement);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return std::optional<User>();
    const User user = userOf(rows->first());
    co_return std::optional<User>(user);
}

/// Nothing where the external id, or the handle, was taken meanwhile.
Task<std::optional<SignedIn>> VouchingService::make(Person person)
{
    const QString field = u"handle"_s;
    const Result<Handle> handle =
        person.handle ? *person.handle : checkHandle(field, inventedHandle(), m_backends.limits.handleLength);
    if (!handle)
        co_return handle.error();
    const User user{m_backends.ids.make<UserId>(), handle->text, person.displayName, 1, false};
    const SessionIssuer::NewSession session = m_issuer.make(person.deviceName, person.lifetimeMs);
    // Without a password: nothing that is typed matches an empty hash.
    Batch batch{
        {"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, profile_version, created_at) "
         "VALUES (?, ?, ?, ?, '', ?, ?) ON CONFLICT DO NOTHING",
         {user.id, user.handle, handle->skeleton, user.displayName, user.profileVersion, m_backends.clock.utcMs()},
         1},
        {"INSERT INTO external_accounts (external_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
         {person.externalId, user.id},
         1}};
    batch += insertTerms(user.id, userTerms(user.handle, user.displayName));
    batch += m_issuer.insert(session, user.id);
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed())
        co_return std::optional<SignedIn>();
    qCInfo(lcAuth).noquote() << "account" << user.id.toString() << "made for a backend";
    const SignedIn signedIn{session.token, user, session.session};
    co_return std::optional<SignedIn>(signedIn);
}

Task<SignedIn> VouchingService::open(User user, Person person)
{
    const Error closed = Error::denied(u"This person's account was deactivated or deleted."_s);
    if (user.deactivated)
        co_return closed;
    const SessionIssuer::NewSession session = m_issuer.make(person.deviceName, person.lifetimeMs);
    Batch batch = m_issuer.issue(session, user.id, QString());
    batch += m_issuer.purge(user.id);
    const Result<BatchOutcome> outcome = co_await m_backends.database.commit(batch);
    if (!outcome)
        co_return outcome.error();
    if (!outcome->committed())
        co_return closed;
    UpdateUser rename;
    rename.displayName.state = Patch<QString>::State::Set;
    rename.displayName.value = person.displayName;
    const Caller self{user.id, session.session.id, {}};
    const Result<User> renamed = co_await m_users.updateUser(self, rename);
    if (!renamed)
        co_return renamed.error();
    co_return SignedIn{session.token, *renamed, session.session};
}

} // namespace confab::server
