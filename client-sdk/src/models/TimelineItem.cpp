// SPDX-License-Identifier: MIT
#include "client-sdk/src/models/TimelineItem.h"

namespace confab::client {

QList<int> changedRoles(const TimelineItem &before, const TimelineItem &after)
{
    using Role = TimelineModel::Role;
    QList<int> roles;
    const auto compare = [&roles](bool equal, Role role) {
        if (!equal)
            roles.append(static_cast<int>(role));
    };
    const TimelineRow &a = before.row;
    const TimelineRow &b = after.row;
    compare(a.messageId == b.messageId, Role::MessageId);
    compare(a.clientId == b.clientId, Role::ClientId);
    compare(a.text == b.text, Role::Text);
    compare(a.senderId == b.senderId, Role::SenderId);
    compare(a.senderName == b.senderName, Role::SenderName);
    compare((a.state == DeliveryState::Received) == (b.state == DeliveryState::Received), Role::IsOwn);
    compare(a.createdAt == b.createdAt, Role::CreatedAt);
    compare((a.editedAt != 0) == (b.editedAt != 0), Role::Edited);
    compare(a.deleted == b.deleted, Role::Deleted);
    compare(before.state == after.state, Role::State);
    compare(a.error.message == b.error.message && before.holeError == after.holeError, Role::ErrorText);
    compare(before.layout.firstOfGroup == after.layout.firstOfGroup, Role::FirstOfGroup);
    compare(before.layout.lastOfGroup == after.layout.lastOfGroup, Role::LastOfGroup);
    compare(before.layout.daySeparator == after.layout.daySeparator, Role::DaySeparator);
    compare(before.holeLoading == after.holeLoading, Role::HoleLoading);
    compare(a.replyTo == b.replyTo, Role::ReplyTo);
    compare(before.firstUnread == after.firstUnread, Role::FirstUnread);
    return roles;
}

} // namespace confab::client
