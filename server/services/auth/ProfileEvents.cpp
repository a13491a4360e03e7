// SPDX-License-Identifier: MIT
#include "server/services/auth/ProfileEvents.h"

#include "server/services/events/Envelope.h"
#include "shared/protocol/Frames.h"

namespace confab::server {

namespace {
constexpr qint64 kToldConversations = 200;
}

Task<Done> ProfileEvents::publish(User user, Revision accountRevision)
{
    Envelope own;
    own.kind = Envelope::Kind::User;
    own.userId = user.id;
    own.frame = encodeEvent(user);
    m_bus.publish(userTopic(user.id), encodeEnvelope(own));
    own.frame = encodeEvent(AccountChange{accountRevision, {}, {}});
    m_bus.publish(userTopic(user.id), encodeEnvelope(own));

    const Statement statement{"SELECT m.conversation_id FROM members m WHERE m.user_id = ? AND m.has_left = 0 "
                              "ORDER BY m.account_revision DESC LIMIT ?",
                              {user.id, kToldConversations},
                              {}};
    const Result<Rows> rows = co_await m_database.query(statement);
    if (!rows)
        co_return rows.error();
    QList<ConversationId> conversations;
    for (const Row &row : rows->rows)
        conversations += row.first().toId<ConversationId>();
    publishTo(conversations, user);
    co_return Done{};
}

void ProfileEvents::publishTo(const QList<ConversationId> &conversations, const User &user)
{
    Envelope shared;
    shared.kind = Envelope::Kind::Conversation;
    shared.frame = encodeEvent(user);
    for (const ConversationId &id : conversations) {
        shared.conversationId = id;
        m_bus.publish(conversationTopic(id), encodeEnvelope(shared));
    }
}

} // namespace confab::server
