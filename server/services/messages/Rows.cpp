// SPDX-License-Identifier: MIT
#include "server/services/messages/Rows.h"

namespace confab::server {

Message messageOf(const Row &row, int first)
{
    Message message;
    message.conversationId = row.at(first).toId<ConversationId>();
    message.id = row.at(first + 1).toInt();
    message.revision = row.at(first + 2).toInt();
    message.senderId = row.at(first + 3).toId<UserId>();
    message.clientId = row.at(first + 4).toId<ClientId>();
    message.createdAt = row.at(first + 5).toInt();
    message.editedAt = row.at(first + 6).toInt();
    message.deleted = row.at(first + 7).toBool();
    message.content = {row.at(first + 9).toText(), row.at(first + 8).toInt()};
    return message;
}

Member memberOf(const Row &row, int first)
{
    Member member;
    member.conversationId = row.at(first).toId<ConversationId>();
    member.userId = row.at(first + 1).toId<UserId>();
    member.role = static_cast<Member::Role>(row.at(first + 2).toInt());
    member.joinedAt = row.at(first + 3).toInt();
    member.left = row.at(first + 4).toBool();
    member.revision = row.at(first + 5).toInt();
    return member;
}

Conversation conversationOf(const Row &row, int first)
{
    Conversation conversation;
    conversation.id = row.at(first).toId<ConversationId>();
    conversation.kind = static_cast<Conversation::Kind>(row.at(first + 1).toInt());
    conversation.title = row.at(first + 2).toText();
    conversation.creatorId = row.at(first + 3).toId<UserId>();
    conversation.createdAt = row.at(first + 4).toInt();
    conversation.memberCount = row.at(first + 5).toInt();
    conversation.revision = row.at(first + 6).toInt();
    if (!row.at(first + 7).isNull())
        conversation.directUserIds = {row.at(first + 7).toId<UserId>(), row.at(first + 8).toId<UserId>()};
    return conversation;
}

qint64 wireBytes(const Message &message)
{
    constexpr qint64 kEnvelopeBytes = 300;
    return kEnvelopeBytes + message.content.text.size() * 2;
}

} // namespace confab::server
