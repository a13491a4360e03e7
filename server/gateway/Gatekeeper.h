// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Async.h"
#include "server/services/Caller.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QList>

namespace confab::server {

/// A conversation whose events a user gets, from the message `visibleFrom` on.
struct Subscription
{
    ConversationId conversationId;
    Revision visibleFrom = 0;
};

/// What the gateway asks of the services beyond the operations: who a token is, and what a socket's `hello` needs.
///
/// Called on the shard's thread. Every method may be called at any time and changes nothing.
class Gatekeeper
{
public:
    virtual ~Gatekeeper() = default;

    /// The user and session of a token, read from the store or a cache that revocation reaches; `unauthenticated`
    /// otherwise. The address is left empty.
    virtual Task<Caller> authenticate(QString token) = 0;

    /// All conversations the user is a member of.
    virtual Task<QList<Subscription>> subscriptions(UserId userId) = 0;

    /// The reply to `hello`, read after the call: whatever was committed before is in it.
    virtual Task<HelloReply> hello(Caller caller, Hello hello) = 0;

    /// Whether the node can serve: its backends answer. `unavailable` says what does not.
    virtual Task<Done> ready() = 0;
};

} // namespace confab::server
