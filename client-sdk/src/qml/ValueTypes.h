// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Types.h>

#include <QtCore/QVariant>
#include <QtQml/qqml.h>

// The contract's value types in QML. Each foreign type is one gadget of the contract; an enum of a gadget is reached
// through a namespace of the gadget's name.

namespace confab::client {

struct UserValue
{
    Q_GADGET
    QML_FOREIGN(confab::User)
    QML_VALUE_TYPE(user)
};

struct SessionValue
{
    Q_GADGET
    QML_FOREIGN(confab::Session)
    QML_VALUE_TYPE(session)
};

struct ConversationValue
{
    Q_GADGET
    QML_FOREIGN(confab::Conversation)
    QML_VALUE_TYPE(conversation)
};

struct MemberValue
{
    Q_GADGET
    QML_FOREIGN(confab::Member)
    QML_VALUE_TYPE(member)
};

struct MessageContentValue
{
    Q_GADGET
    QML_FOREIGN(confab::MessageContent)
    QML_VALUE_TYPE(messageContent)
};

struct MessageValue
{
    Q_GADGET
    QML_FOREIGN(confab::Message)
    QML_VALUE_TYPE(message)
};

struct MembershipValue
{
    Q_GADGET
    QML_FOREIGN(confab::Membership)
    QML_VALUE_TYPE(membership)
};

/// Takes the entry's place in QML, over the entry's own memory, and gives its optional as undefined or a value.
struct ConversationEntryExtension
{
    Q_GADGET
    Q_PROPERTY(confab::Conversation conversation READ conversation)
    Q_PROPERTY(confab::Membership membership READ membership)
    Q_PROPERTY(qint64 headRevision READ headRevision)
    Q_PROPERTY(QVariant lastMessage READ lastMessage)

public:
    Conversation conversation() const { return entry.conversation; }
    Membership membership() const { return entry.membership; }
    qint64 headRevision() const { return entry.headRevision; }
    QVariant lastMessage() const { return entry.lastMessage ? QVariant::fromValue(*entry.lastMessage) : QVariant(); }

    ConversationEntry entry;
};
static_assert(sizeof(ConversationEntryExtension) == sizeof(ConversationEntry));

struct ConversationEntryValue
{
    Q_GADGET
    QML_FOREIGN(confab::ConversationEntry)
    QML_EXTENDED(confab::client::ConversationEntryExtension)
    QML_VALUE_TYPE(conversationEntry)
};

struct ReceiptValue
{
    Q_GADGET
    QML_FOREIGN(confab::Receipt)
    QML_VALUE_TYPE(receipt)
};

struct ReceiptsValue
{
    Q_GADGET
    QML_FOREIGN(confab::Receipts)
    QML_VALUE_TYPE(receipts)
};

struct TypingValue
{
    Q_GADGET
    QML_FOREIGN(confab::Typing)
    QML_VALUE_TYPE(typing)
};

struct PresenceValue
{
    Q_GADGET
    QML_FOREIGN(confab::Presence)
    QML_VALUE_TYPE(presence)
};

struct PresenceChangesValue
{
    Q_GADGET
    QML_FOREIGN(confab::PresenceChanges)
    QML_VALUE_TYPE(presenceChanges)
};

struct OwnPresenceValue
{
    Q_GADGET
    QML_FOREIGN(confab::OwnPresence)
    QML_VALUE_TYPE(ownPresence)
};

struct AccountChangeValue
{
    Q_GADGET
    QML_FOREIGN(confab::AccountChange)
    QML_VALUE_TYPE(accountChange)
};

struct CursorValue
{
    Q_GADGET
    QML_FOREIGN(confab::Cursor)
    QML_VALUE_TYPE(cursor)
};

struct HoleValue
{
    Q_GADGET
    QML_FOREIGN(confab::Hole)
    QML_VALUE_TYPE(hole)
};

struct ProfileVersionValue
{
    Q_GADGET
    QML_FOREIGN(confab::ProfileVersion)
    QML_VALUE_TYPE(profileVersion)
};

struct LimitsValue
{
    Q_GADGET
    QML_FOREIGN(confab::Limits)
    QML_VALUE_TYPE(limits)
};

struct ServerInfoValue
{
    Q_GADGET
    QML_FOREIGN(confab::ServerInfo)
    QML_VALUE_TYPE(serverInfo)
};

namespace ConversationNamespace {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(confab::Conversation)
QML_NAMED_ELEMENT(Conversation)
} // namespace ConversationNamespace

namespace MemberNamespace {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(confab::Member)
QML_NAMED_ELEMENT(Member)
} // namespace MemberNamespace

namespace PresenceNamespace {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(confab::Presence)
QML_NAMED_ELEMENT(Presence)
} // namespace PresenceNamespace

namespace ServerInfoNamespace {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(confab::ServerInfo)
QML_NAMED_ELEMENT(ServerInfo)
} // namespace ServerInfoNamespace

} // namespace confab::client
