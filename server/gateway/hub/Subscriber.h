// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/websocket/OutgoingFrame.h"
#include "shared/core/Id.h"
#include "shared/protocol/CloseReason.h"

namespace confab::server {

/// A signed-in socket as the hub knows it. While it is attached, its ids stay.
class Subscriber
{
public:
    virtual ~Subscriber() = default;

    virtual UserId userId() const = 0;
    virtual SessionId sessionId() const = 0;

    /// The socket's number: of two sockets of one session the one with the greater number stays.
    virtual qint64 socketNumber() const = 0;

    /// An event for this socket. May not attach or detach anybody.
    virtual void deliver(const OutgoingFrame &frame) = 0;

    /// The user joined or left the conversation just now: an older list of memberships is wrong about it.
    virtual void membershipChanged(const ConversationId &conversationId) = 0;

    /// The socket has to go: it gets nothing more and detaches later, from the event loop.
    virtual void close(CloseReason reason) = 0;
};

} // namespace confab::server
