// SPDX-License-Identifier: MIT
#include "server/gateway/hub/Healer.h"

#include "server/runtime/Log.h"

#include <chrono>

namespace confab::server {

namespace {
constexpr qsizetype kSlice = 256; // asked for in one statement
constexpr int kReadings = 3;      // of memberships that change while they are read
} // namespace

Healer::Healer(const GatewaySettings &settings, Hub &hub, Gatekeeper &gatekeeper, TaskScope &tasks)
    : m_settings(settings), m_hub(hub), m_gatekeeper(gatekeeper), m_tasks(tasks)
{
    connect(&m_compareTimer, &QTimer::timeout, this, &Healer::compareNow);
    connect(&m_sessionTimer, &QTimer::timeout, this, &Healer::checkSessions);
    m_compareTimer.start(std::chrono::milliseconds(m_settings.compareMs));
    connect(&m_awayTimer, &QTimer::timeout, this, [this] {
        if (m_hub.isBusLost())
            compareNow();
    });
    m_awayTimer.start(std::chrono::milliseconds(m_settings.compareAwayMs));
    m_settleTimer.setSingleShot(true);
    connect(&m_settleTimer, &QTimer::timeout, this, &Healer::settleNow);
    m_sessionTimer.start(std::chrono::milliseconds(m_settings.sessionCheckMs));
}

void Healer::compareNow()
{
    m_compareAgain = m_comparing;
    if (m_stopped || std::exchange(m_comparing, true))
        return;
    m_tasks.spawn(compare(), "comparing with the store");
}

void Healer::settleNow()
{
    m_settleTimer.stop();
    if (m_settling)
        m_settling->complete(Done{});
    m_settling.reset();
}

void Healer::stop()
{
    m_stopped = true;
    m_compareTimer.stop();
    m_awayTimer.stop();
    m_sessionTimer.stop();
    m_settling.reset(); // whoever waits is told that it was given up
}

void Healer::checkSessions()
{
    if (!m_stopped && !std::exchange(m_checkingSessions, true))
        m_tasks.spawn(endSessions(), "checking sessions");
}

Task<Done> Healer::compare()
{
    Result<Done> done = Done{};
    do {
        m_compareAgain = false;
        const Result<Behind> behind = co_await findBehind();
        if (!behind) {
            done = behind.error();
        } else if (!behind->conversations.isEmpty() || !behind->accounts.isEmpty()) {
            const Result<Done> settled = co_await settle();
            const Behind found = *behind;
            if (settled)
                done = co_await heal(found);
        }
    } while (m_compareAgain && !m_stopped);
    m_comparing = false;
    co_return done;
}

Task<Healer::Behind> Healer::findBehind()
{
    Behind behind;
    const QList<ConversationId> conversations = m_hub.conversationIds();
    for (qsizetype first = 0; first < conversations.size(); first += kSlice) {
        const QList<ConversationId> slice = conversations.mid(first, kSlice);
        const Result<QList<Cursor>> stands = co_await m_gatekeeper.conversationStands(slice);
        if (!stands)
            co_return stands.error();
        for (const Cursor &stand : *stands) {
            if (stand.revision > m_hub.knownRevision(stand.conversationId))
                behind.conversations.insert(stand.conversationId, stand.revision);
        }
    }
    const QList<UserId> users = m_hub.userIds();
    for (qsizetype first = 0; first < users.size(); first += kSlice) {
        const QList<UserId> slice = users.mid(first, kSlice);
        const Result<QHash<UserId, Revision>> stands = co_await m_gatekeeper.accountStands(slice);
        if (!stands)
            co_return stands.error();
        for (auto stand = stands->cbegin(); stand != stands->cend(); ++stand) {
            if (stand.value() > m_hub.knownRevision(stand.key()))
                behind.accounts.insert(stand.key(), stand.value());
        }
    }
    co_return behind;
}

/// What is still missing after events on their way had their time was lost.
Task<Done> Healer::heal(Behind behind)
{
    for (auto it = behind.accounts.cbegin(); it != behind.accounts.cend(); ++it) {
        const UserId userId = it.key();
        const Revision revision = it.value();
        const Result<Done> done = co_await healAccount(userId, revision);
        if (!done)
            co_return done.error();
    }
    for (auto it = behind.conversations.cbegin(); it != behind.conversations.cend(); ++it) {
        if (m_hub.knownRevision(it.key()) < it.value()) {
            qCInfo(lcGateway, "A change of a conversation did not come by the bus; its sockets are told.");
            ++m_found.conversations;
            m_hub.tellStand(it.key(), it.value());
        }
    }
    co_return Done{};
}

Task<Done> Healer::healAccount(UserId userId, Revision revision)
{
    for (int reading = 0; reading < kReadings; ++reading) {
        const quint64 epoch = m_hub.membershipEpoch(userId);
        const Result<QList<Subscription>> subscriptions = co_await m_gatekeeper.subscriptions(userId);
        if (!subscriptions)
            co_return subscriptions.error();
        if (m_hub.membershipEpoch(userId) != epoch)
            continue; // what came meanwhile is newer than what was read
        m_hub.resubscribe(userId, *subscriptions);
        break;
    }
    if (m_hub.knownRevision(userId) < revision) {
        qCInfo(lcGateway, "A change of an account did not come by the bus; its sockets are told.");
        ++m_found.accounts;
        m_hub.tellStand(userId, revision);
    }
    co_return Done{};
}

Task<Done> Healer::endSessions()
{
    Result<Done> done = Done{};
    const QList<SessionId> sessions = m_hub.sessionIds();
    for (qsizetype first = 0; first < sessions.size() && done; first += kSlice) {
        const QList<SessionId> slice = sessions.mid(first, kSlice);
        const Result<QList<SessionId>> over = co_await m_gatekeeper.sessionsOver(slice);
        if (!over) {
            done = over.error();
            break;
        }
        m_found.sessions += static_cast<quint64>(over->size());
        for (const SessionId &sessionId : *over)
            m_hub.endSession(sessionId);
    }
    // A change that did not come may have been a membership: without it nothing of the conversation comes.
    const QSet<UserId> withGaps = m_hub.takeUsersWithGaps();
    for (const UserId &userId : withGaps) {
        const UserId id = userId;
        const Result<Done> healed = co_await healAccount(id, 0);
        if (!healed)
            done = healed.error();
    }
    m_checkingSessions = false;
    co_return done;
}

Task<Done> Healer::settle()
{
    if (m_stopped)
        co_return Error::unavailable(QStringLiteral("The server stops."));
    Completion<Done> later;
    m_settling = later.completer();
    m_settleTimer.start(std::chrono::milliseconds(m_settings.settleMs));
    const Result<Done> done = co_await later;
    co_return done;
}

} // namespace confab::server
