// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/outbox/Outbox.h"
#include "client-sdk/src/store/LocalStore.h"
#include "shared/core/Clock.h"

namespace confab::client {

/// Takes what a person wants done with messages: checks it, puts it on disk, and wakes the outbox.
///
/// Each call is one flushed transaction; when it returns without an error, the wish survives everything.
class Wishes
{
public:
    Wishes(LocalStore &store, Outbox &outbox, const Clock &clock);

    void setLimits(const Limits &limits) { m_limits = limits; }

    Result<ClientId> send(ConversationId id, ClientId clientId, const QString &text, MessageId replyTo);
    Result<Done> edit(ConversationId id, MessageId messageId, const QString &text);
    Result<Done> edit(ConversationId id, ClientId clientId, const QString &text);
    Result<Done> remove(ConversationId id, MessageId messageId);
    Result<Done> remove(ConversationId id, ClientId clientId);
    Result<Done> retry(ConversationId id, ClientId clientId);
    Result<Done> discard(ConversationId id, ClientId clientId);
    Result<Done> setDraft(ConversationId id, const QString &text);

private:
    /// The message meant by an own clientId: pending (messageId 0) or known by its id.
    std::optional<MessageId> idOf(ConversationId id, ClientId clientId);
    Result<Done> perform(ConversationId id, const std::function<void()> &body);

    LocalStore &m_store;
    Outbox &m_outbox;
    const Clock &m_clock;
    Limits m_limits;
};

} // namespace confab::client
