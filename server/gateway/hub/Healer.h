// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/Gatekeeper.h"
#include "server/gateway/GatewaySettings.h"
#include "server/gateway/hub/Hub.h"
#include "server/runtime/TaskScope.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <optional>

namespace confab::server {

/// Compares what a hub serves with the store, slice by slice, so that what the bus lost comes right without a new
/// event.
///
/// Conversations and accounts that stand further than what came are told to their sockets, whose clients ask for the
/// rest; memberships are read anew; sockets of sessions that are over close. Lives on the shard's thread.
class Healer : public QObject
{
public:
    /// All references outlive the healer; \a tasks ends before it.
    Healer(const GatewaySettings &settings, Hub &hub, Gatekeeper &gatekeeper, TaskScope &tasks);

    /// Begins a comparison now: the bus was lost and is back. One that is under way is followed by another.
    void compareNow();

    /// Whether a difference was found that has time to come right by itself; and the end of that time.
    bool isSettling() const { return m_settling.has_value(); }
    void settleNow();

    /// How many differences it came upon so far that no event had brought.
    struct Found
    {
        quint64 conversations = 0;
        quint64 accounts = 0;
        quint64 sessions = 0;
    };
    const Found &found() const { return m_found; }

    /// Begins nothing more and lets what is under way end.
    void stop();

private:
    struct Behind
    {
        QHash<ConversationId, Revision> conversations;
        QHash<UserId, Revision> accounts;
    };

    void checkSessions();
    Task<Done> compare();
    Task<Behind> findBehind();
    Task<Done> heal(Behind behind);
    Task<Done> healAccount(UserId userId, Revision revision);
    Task<Done> endSessions();
    Task<Done> settle();

    const GatewaySettings &m_settings;
    Hub &m_hub;
    Gatekeeper &m_gatekeeper;
    TaskScope &m_tasks;
    QTimer m_compareTimer;
    QTimer m_awayTimer;
    QTimer m_sessionTimer;
    QTimer m_settleTimer;
    std::optional<Completer<Done>> m_settling;
    Found m_found;
    bool m_stopped = false;
    bool m_comparing = false;
    bool m_compareAgain = false;
    bool m_checkingSessions = false;
};

} // namespace confab::server
