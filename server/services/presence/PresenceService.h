// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/presence/PresenceDesk.h"
#include "shared/protocol/Operations.h"

namespace confab::server {

/// Answers what people ask and say about presence, for one shard.
class PresenceService
{
public:
    /// All outlive it and its tasks. \a bus is the shard's own endpoint.
    PresenceService(PresenceRows &rows, PresenceDesk &desk, PresenceBoard &board, Bus &bus, const Clock &clock,
                    const Limits &limits)
        : m_rows(rows), m_desk(desk), m_board(board), m_bus(bus), m_clock(clock), m_limits(limits)
    {
    }

    Task<PresenceList> watch(Caller caller, WatchPresence op);
    Task<PresenceList> get(Caller caller, GetPresence op);
    Task<Empty> setAway(Caller caller, SetAway op);
    Task<OwnPresence> mine(Caller caller, GetOwnPresence op);
    Task<OwnPresence> setStatus(Caller caller, SetStatus op);
    Task<OwnPresence> hideLastSeen(Caller caller, HideLastSeen op);

    /// The person left a conversation: those they share none with any more hear of them no longer, nor they of those.
    Task<Done> membershipEnded(UserId userId);

private:
    Task<Done> dropStrangers(UserId userId);
    Task<OwnPresence> tell(Caller caller);

    PresenceRows &m_rows;
    PresenceDesk &m_desk;
    PresenceBoard &m_board;
    Bus &m_bus;
    const Clock &m_clock;
    const Limits m_limits;
    quint64 m_departures = 0; ///< Memberships that ended so far.
};

} // namespace confab::server
