// SPDX-License-Identifier: MIT
#include "server/services/presence/PresenceService.h"

#include "server/services/events/Envelope.h"
#include "shared/protocol/Frames.h"
#include "shared/text/TextGate.h"

namespace confab::server {
using namespace Qt::StringLiterals;

Task<PresenceList> PresenceService::watch(Caller caller, WatchPresence op)
{
    if (op.userIds.size() > m_limits.watchedPeople) {
        co_return Error::tooLarge(u"userIds"_s,
                                  u"At most %1 people can be watched at once."_s.arg(m_limits.watchedPeople));
    }
    const quint64 turn = m_desk.beginWatching(caller.sessionId);
    const quint64 departures = m_departures;
    const Result<QList<UserId>> visible = co_await m_rows.visibleTo(caller.userId, op.userIds);
    if (!visible)
        co_return visible.error();
    const QList<UserId> people = *visible;
    const Result<QList<Presence>> now = co_await m_desk.watch(caller, turn, people);
    if (!now)
        co_return now.error();
    if (m_departures != departures) {
        // Somebody left while it was not yet seen that they are watched.
        const Result<Done> dropped = co_await dropStrangers(caller.userId);
        if (!dropped)
            co_return dropped.error();
    }
    co_return PresenceList{*now};
}

Task<Done> PresenceService::membershipEnded(UserId userId)
{
    ++m_departures;
    return dropStrangers(userId);
}

/// Sharing a conversation goes both ways: one question says whom they may watch and who may watch them.
Task<Done> PresenceService::dropStrangers(UserId userId)
{
    const QSet<UserId> watched = m_desk.watchedBy(userId);
    const QSet<UserId> watchers = m_desk.watchersOf(userId);
    const QList<UserId> others = (watched + watchers).values();
    const Result<QList<UserId>> visible = co_await m_rows.visibleTo(userId, others);
    if (!visible)
        co_return visible.error();
    const QSet<UserId> strangers = (watched + watchers).subtract(QSet<UserId>(visible->cbegin(), visible->cend()));
    for (const UserId &stranger : strangers) {
        m_desk.stopWatching(userId, stranger);
        m_desk.stopWatching(stranger, userId);
    }
    co_return Done{};
}

Task<PresenceList> PresenceService::get(Caller caller, GetPresence op)
{
    if (op.ids.size() > m_limits.pageSize)
        co_return Error::tooLarge(u"ids"_s, u"At most %1 people can be asked for at once."_s.arg(m_limits.pageSize));
    const Result<QList<UserId>> visible = co_await m_rows.visibleTo(caller.userId, op.ids);
    if (!visible)
        co_return visible.error();
    const QList<UserId> people = *visible;
    const Result<QList<Presence>> now = co_await m_desk.look(people);
    if (!now)
        co_return now.error();
    co_return PresenceList{*now};
}

Task<Empty> PresenceService::setAway(Caller caller, SetAway op)
{
    m_desk.setAway(caller, op.away);
    co_return Empty{};
}

Task<OwnPresence> PresenceService::mine(Caller caller, GetOwnPresence)
{
    const QList<UserId> self{caller.userId};
    const Result<QList<PresenceRow>> rows = co_await m_rows.read(self);
    if (!rows)
        co_return rows.error();
    if (rows->isEmpty())
        co_return Error::unauthenticated(u"This account does not exist any more."_s);
    OwnPresence own = rows->first().own;
    if (own.statusExpiresAt != 0 && own.statusExpiresAt <= m_clock.utcMs()) {
        own.statusText.clear();
        own.statusExpiresAt = 0;
    }
    co_return own;
}

Task<OwnPresence> PresenceService::setStatus(Caller caller, SetStatus op)
{
    const TextRules oneLine{Controls::None, true, true};
    const Result<QString> text = checkText(u"text"_s, op.text, 0, m_limits.statusLength, oneLine);
    if (!text)
        co_return text.error();
    if (op.expiresAt && *op.expiresAt <= m_clock.utcMs())
        co_return Error::invalid(u"expiresAt"_s, u"A status ends in the future, or without a time never."_s);
    const qint64 expiresAt = text->isEmpty() ? 0 : op.expiresAt.value_or(0);
    const QString status = *text;
    const Result<Done> written = co_await m_rows.writeStatus(caller.userId, status, expiresAt);
    if (!written)
        co_return written.error();
    co_return co_await tell(caller);
}

Task<OwnPresence> PresenceService::hideLastSeen(Caller caller, HideLastSeen op)
{
    const Result<Done> written = co_await m_rows.writeHidden(caller.userId, op.hidden);
    if (!written)
        co_return written.error();
    co_return co_await tell(caller);
}

/// Tells the person's devices what they say of themselves now, and those who watch them that it changed.
Task<OwnPresence> PresenceService::tell(Caller caller)
{
    m_board.hint(caller.userId);
    const GetOwnPresence ask;
    const Result<OwnPresence> own = co_await mine(caller, ask);
    if (!own)
        co_return own.error();
    Envelope envelope;
    envelope.kind = Envelope::Kind::User;
    envelope.userId = caller.userId;
    envelope.frame = encodeEvent(*own);
    m_bus.publish(userTopic(caller.userId), encodeEnvelope(envelope));
    co_return *own;
}

} // namespace confab::server
