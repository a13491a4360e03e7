// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Id.h"

#include <QtCore/QList>
#include <QtCore/QMetaType>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>

// The value types of the contract. Each is a gadget whose properties are its wire fields: the CBOR and JSON
// codecs, the QML value types and the API documents all come from these lists. Times are UTC milliseconds.
// An enum's first enumerator is Unknown: what an older end decodes a newer one's value to. A number that may be
// absent is 0 then, a text empty.

namespace confab {

/// A person (or bot) as others see them.
struct CONFAB_EXPORT User
{
    Q_GADGET
    Q_PROPERTY(confab::UserId id MEMBER id)
    Q_PROPERTY(QString handle MEMBER handle)
    Q_PROPERTY(QString displayName MEMBER displayName)
    Q_PROPERTY(qint64 profileVersion MEMBER profileVersion)
    Q_PROPERTY(bool deactivated MEMBER deactivated)

public:
    static constexpr const char *kEvent = "user"; ///< Sent when a profile changed, to those who share a conversation.

    UserId id;
    QString handle;      ///< Normalised: NFKC, case-folded.
    QString displayName; ///< As typed; to be shown isolated for bidi.
    qint64 profileVersion = 0;
    bool deactivated = false;

    bool operator==(const User &) const = default;
};

/// One signed-in device.
struct CONFAB_EXPORT Session
{
    Q_GADGET
    Q_PROPERTY(confab::SessionId id MEMBER id)
    Q_PROPERTY(QString deviceName MEMBER deviceName)
    Q_PROPERTY(qint64 createdAt MEMBER createdAt)
    Q_PROPERTY(qint64 lastSeenAt MEMBER lastSeenAt)
    Q_PROPERTY(qint64 expiresAt MEMBER expiresAt)
    Q_PROPERTY(bool current MEMBER current)

public:
    SessionId id;
    QString deviceName;
    qint64 createdAt = 0;
    qint64 lastSeenAt = 0; ///< Accurate to some minutes.
    qint64 expiresAt = 0;  ///< When it ends unless it is used before; 0: never.
    bool current = false;  ///< The session that asked.

    bool operator==(const Session &) const = default;
};

/// A conversation as all its members see it; nothing in it depends on who reads.
struct CONFAB_EXPORT Conversation
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId id MEMBER id)
    Q_PROPERTY(confab::Conversation::Kind kind MEMBER kind)
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(confab::UserId creatorId MEMBER creatorId)
    Q_PROPERTY(qint64 createdAt MEMBER createdAt)
    Q_PROPERTY(qint64 memberCount MEMBER memberCount)
    Q_PROPERTY(QList<confab::UserId> directUserIds MEMBER directUserIds)
    Q_PROPERTY(qint64 revision MEMBER revision)

public:
    static constexpr const char *kEvent = "conversation";

    enum class Kind { Unknown, Direct, Group, Channel };
    Q_ENUM(Kind)

    ConversationId id;
    Kind kind = Kind::Unknown;
    QString title; ///< Empty for direct ones, which are called after the other person.
    UserId creatorId;
    qint64 createdAt = 0;
    qint64 memberCount = 0;
    QList<UserId> directUserIds; ///< Both people of a direct conversation (one twice: notes to self); empty otherwise.
    Revision revision = 0;       ///< At which this row last changed.

    bool operator==(const Conversation &) const = default;
};

/// One person's place in a conversation, as all members see it. Live event and row of `conversation.changes`.
struct CONFAB_EXPORT Member
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(confab::UserId userId MEMBER userId)
    Q_PROPERTY(confab::Member::Role role MEMBER role)
    Q_PROPERTY(qint64 joinedAt MEMBER joinedAt)
    Q_PROPERTY(bool left MEMBER left)
    Q_PROPERTY(qint64 revision MEMBER revision)

public:
    static constexpr const char *kEvent = "member";

    enum class Role { Unknown, Member, Admin, Owner };
    Q_ENUM(Role)

    ConversationId conversationId;
    UserId userId;
    Role role = Role::Unknown;
    qint64 joinedAt = 0;
    bool left = false; ///< A tombstone: no longer a member.
    Revision revision = 0;

    bool operator==(const Member &) const = default;
};

/// What somebody wrote, apart from its envelope, so that it can later be sealed end to end.
struct CONFAB_EXPORT MessageContent
{
    Q_GADGET
    Q_PROPERTY(QString text MEMBER text)
    Q_PROPERTY(qint64 replyTo MEMBER replyTo)

public:
    QString text;
    MessageId replyTo = 0; ///< 0: answers none.

    bool operator==(const MessageContent &) const = default;
};

/// A message: envelope and content. A deleted one is a tombstone: ids and times stay, the content is empty.
struct CONFAB_EXPORT Message
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(qint64 id MEMBER id)
    Q_PROPERTY(qint64 revision MEMBER revision)
    Q_PROPERTY(confab::UserId senderId MEMBER senderId)
    Q_PROPERTY(confab::ClientId clientId MEMBER clientId)
    Q_PROPERTY(qint64 createdAt MEMBER createdAt)
    Q_PROPERTY(qint64 editedAt MEMBER editedAt)
    Q_PROPERTY(bool deleted MEMBER deleted)
    Q_PROPERTY(confab::MessageContent content MEMBER content)

public:
    static constexpr const char *kEvent = "message";

    ConversationId conversationId;
    MessageId id = 0; ///< The revision at which it was made.
    Revision revision = 0;
    UserId senderId;
    ClientId clientId; ///< As the sender's device made it: lets the sender merge echo and pending message.
    qint64 createdAt = 0;
    qint64 editedAt = 0; ///< 0: never.
    bool deleted = false;
    MessageContent content;

    bool operator==(const Message &) const = default;
};

/// What is private to one person about a conversation and agrees on all their devices.
struct CONFAB_EXPORT Membership
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(confab::Member::Role role MEMBER role)
    Q_PROPERTY(qint64 visibleFrom MEMBER visibleFrom)
    Q_PROPERTY(qint64 readUpTo MEMBER readUpTo)
    Q_PROPERTY(qint64 unread MEMBER unread)
    Q_PROPERTY(bool markedUnread MEMBER markedUnread)
    Q_PROPERTY(qint64 accountRevision MEMBER accountRevision)

public:
    ConversationId conversationId;
    Member::Role role = Member::Role::Unknown;
    Revision visibleFrom =
        0; ///< Only messages with id ≥ this exist for this person. When it changes, the cache is void.
    MessageId readUpTo = 0; ///< Only moves forward.
    qint64 unread = 0;      ///< Others' live messages above readUpTo, exact up to {unreadCap}.
    bool markedUnread = false;
    Revision accountRevision = 0; ///< At which this row last changed.

    bool operator==(const Membership &) const = default;
};

/// A conversation in one person's list.
struct CONFAB_EXPORT ConversationEntry
{
    Q_GADGET
    Q_PROPERTY(confab::Conversation conversation MEMBER conversation)
    Q_PROPERTY(confab::Membership membership MEMBER membership)
    Q_PROPERTY(qint64 headRevision MEMBER headRevision)
    Q_PROPERTY(std::optional<confab::Message> lastMessage MEMBER lastMessage)

public:
    Conversation conversation;
    Membership membership;
    Revision headRevision = 0;          ///< The conversation's revision when this was read.
    std::optional<Message> lastMessage; ///< The newest visible message that is not deleted.

    bool operator==(const ConversationEntry &) const = default;
};

/// How far messages of a conversation have come to one of its members. Takes no revision; both are maxima.
struct CONFAB_EXPORT Receipt
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(confab::UserId userId MEMBER userId)
    Q_PROPERTY(qint64 deliveredUpTo MEMBER deliveredUpTo)
    Q_PROPERTY(qint64 readUpTo MEMBER readUpTo)

public:
    ConversationId conversationId;
    UserId userId;
    MessageId deliveredUpTo = 0; ///< A device of theirs holds it and what is before it. 0: nothing new is said.
    MessageId readUpTo = 0;      ///< They read it, and so it was delivered. 0: nothing new is said.

    bool operator==(const Receipt &) const = default;
};

/// Event: how far members have come, gathered for up to a second. Not told above 100 members.
struct CONFAB_EXPORT Receipts
{
    Q_GADGET
    Q_PROPERTY(QList<confab::Receipt> receipts MEMBER receipts)

public:
    static constexpr const char *kEvent = "receipts";

    QList<Receipt> receipts; ///< Of one conversation.

    bool operator==(const Receipts &) const = default;
};

/// Event: somebody is writing in a conversation, or has stopped. Never stored, takes no revision, and is not missed
/// when it is lost: it ends by itself where it is shown, after `expiresInMs` by the receiver's own clock.
///
/// A message from the person ends it too. It is told up to 100 members, and not to the device that is written on.
struct CONFAB_EXPORT Typing
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(confab::UserId userId MEMBER userId)
    Q_PROPERTY(qint64 expiresInMs MEMBER expiresInMs)

public:
    static constexpr const char *kEvent = "typing";

    ConversationId conversationId;
    UserId userId;
    qint64 expiresInMs = 0; ///< From when it came; 0: stopped.

    bool operator==(const Typing &) const = default;
};

/// How a person is present, as somebody sees it who shares a conversation with them. Takes no revision: the newest that
/// came is what counts, and it is over with the socket that it came by.
struct CONFAB_EXPORT Presence
{
    Q_GADGET
    Q_PROPERTY(confab::UserId userId MEMBER userId)
    Q_PROPERTY(confab::Presence::State state MEMBER state)
    Q_PROPERTY(qint64 lastSeenAt MEMBER lastSeenAt)
    Q_PROPERTY(QString statusText MEMBER statusText)
    Q_PROPERTY(qint64 statusExpiresAt MEMBER statusExpiresAt)

public:
    enum class State { Unknown, Offline, Away, Online };
    Q_ENUM(State)

    UserId userId;
    State state = State::Unknown;
    qint64 lastSeenAt = 0;      ///< Of who is offline: when a device of theirs was last there. 0: hidden, or not known.
    QString statusText;         ///< What they say of themselves for the time being; to be shown isolated for bidi.
    qint64 statusExpiresAt = 0; ///< When statusText ends by itself, which nobody says again; 0: when it is taken away.

    bool operator==(const Presence &) const = default;
};

/// Event: people whom this socket watches are present in another way, gathered for up to a second.
struct CONFAB_EXPORT PresenceChanges
{
    Q_GADGET
    Q_PROPERTY(QList<confab::Presence> people MEMBER people)

public:
    static constexpr const char *kEvent = "presence";

    QList<Presence> people;

    bool operator==(const PresenceChanges &) const = default;
};

/// What a person says of themselves, and to whom. Event to their devices when it changed, with all of it.
struct CONFAB_EXPORT OwnPresence
{
    Q_GADGET
    Q_PROPERTY(QString statusText MEMBER statusText)
    Q_PROPERTY(qint64 statusExpiresAt MEMBER statusExpiresAt)
    Q_PROPERTY(bool lastSeenHidden MEMBER lastSeenHidden)

public:
    static constexpr const char *kEvent = "ownPresence";

    QString statusText;          ///< Empty: none.
    qint64 statusExpiresAt = 0;  ///< 0: when it is taken away.
    bool lastSeenHidden = false; ///< Others do not learn when they were last online.

    bool operator==(const OwnPresence &) const = default;
};

/// Event to one person's devices: what is private to them changed. Applied when accountRevision is the next one;
/// otherwise the client asks `conversation.list` what changed after its own.
struct CONFAB_EXPORT AccountChange
{
    Q_GADGET
    Q_PROPERTY(qint64 accountRevision MEMBER accountRevision)
    Q_PROPERTY(QList<confab::ConversationEntry> entries MEMBER entries)
    Q_PROPERTY(QList<confab::ConversationId> gone MEMBER gone)

public:
    static constexpr const char *kEvent = "account";

    Revision accountRevision = 0;
    QList<ConversationEntry> entries;
    QList<ConversationId> gone; ///< No longer a member; drop the cache.

    bool operator==(const AccountChange &) const = default;
};

/// What a client holds of one conversation without a gap up to `revision`.
struct CONFAB_EXPORT Cursor
{
    Q_GADGET
    Q_PROPERTY(confab::ConversationId conversationId MEMBER conversationId)
    Q_PROPERTY(qint64 revision MEMBER revision)

public:
    ConversationId conversationId;
    Revision revision = 0;

    bool operator==(const Cursor &) const = default;
};

/// Event to one socket: what it told its client may be behind, and nothing else will say so.
///
/// With `missed` events were left out for this socket, because it did not read: the client says `hello` again on it,
/// with its cursors. Otherwise it compares: a conversation it holds up to less than named here is asked for by
/// `conversation.changes`, and the account by `conversation.list` where `accountRevision` is above its own.
struct SyncHint
{
    Q_GADGET
    Q_PROPERTY(bool missed MEMBER missed)
    Q_PROPERTY(qint64 accountRevision MEMBER accountRevision)
    Q_PROPERTY(QList<confab::Cursor> conversations MEMBER conversations)

public:
    static constexpr const char *kEvent = "sync";

    bool missed = false;
    Revision accountRevision = 0; ///< 0: not compared.
    QList<Cursor> conversations;  ///< Where the server stands.

    bool operator==(const SyncHint &) const = default;
};

/// Messages a client does not hold: those with after < id < before. `before` 0 means there is no hole.
struct CONFAB_EXPORT Hole
{
    Q_GADGET
    Q_PROPERTY(qint64 after MEMBER after)
    Q_PROPERTY(qint64 before MEMBER before)

public:
    MessageId after = 0;
    MessageId before = 0;

    bool isNull() const { return before == 0; }
    bool operator==(const Hole &) const = default;
};

/// The version of somebody's profile, so that a cache knows whether its copy is stale.
struct CONFAB_EXPORT ProfileVersion
{
    Q_GADGET
    Q_PROPERTY(confab::UserId userId MEMBER userId)
    Q_PROPERTY(qint64 version MEMBER version)

public:
    UserId userId;
    qint64 version = 0;

    bool operator==(const ProfileVersion &) const = default;
};

/// The limits a server holds its clients to; clients check them before they send.
struct CONFAB_EXPORT Limits
{
    Q_GADGET
    Q_PROPERTY(qint64 frameBytes MEMBER frameBytes)
    Q_PROPERTY(qint64 messageLength MEMBER messageLength)
    Q_PROPERTY(qint64 titleLength MEMBER titleLength)
    Q_PROPERTY(qint64 displayNameLength MEMBER displayNameLength)
    Q_PROPERTY(qint64 handleLength MEMBER handleLength)
    Q_PROPERTY(qint64 passwordMinLength MEMBER passwordMinLength)
    Q_PROPERTY(qint64 passwordMaxLength MEMBER passwordMaxLength)
    Q_PROPERTY(qint64 groupMembers MEMBER groupMembers)
    Q_PROPERTY(qint64 pageSize MEMBER pageSize)
    Q_PROPERTY(qint64 unreadCap MEMBER unreadCap)
    Q_PROPERTY(qint64 bodyBytes MEMBER bodyBytes)
    Q_PROPERTY(qint64 requestsInFlight MEMBER requestsInFlight)
    Q_PROPERTY(qint64 requestsPerMinute MEMBER requestsPerMinute)
    Q_PROPERTY(qint64 messagesPerMinute MEMBER messagesPerMinute)
    Q_PROPERTY(qint64 statusLength MEMBER statusLength)
    Q_PROPERTY(qint64 watchedPeople MEMBER watchedPeople)

public:
    qint64 frameBytes = 1'048'576;  ///< Bytes of one socket frame.
    qint64 messageLength = 10'000;  ///< Code points of a message's text.
    qint64 titleLength = 128;       ///< Code points.
    qint64 displayNameLength = 64;  ///< Code points.
    qint64 handleLength = 32;       ///< Code points after normalisation; at least 2.
    qint64 passwordMinLength = 10;  ///< Code points.
    qint64 passwordMaxLength = 256; ///< Code points.
    qint64 groupMembers = 10'000;   ///< Members of one conversation.
    qint64 pageSize = 200;          ///< Rows of one page of history, changes, members or people.
    qint64 unreadCap = 100;         ///< Unread counts are exact up to this.
    qint64 bodyBytes = 1'048'576;   ///< Bytes of one REST request's body.
    qint64 requestsInFlight = 32;   ///< Requests of one socket that are served at once; more wait.
    qint64 requestsPerMinute = 0;   ///< Of one person over all their sessions, as many at once; 0: no limit.
    qint64 messagesPerMinute = 0;   ///< Messages sent, edited or deleted by one person, as many at once; 0: no limit.
    qint64 statusLength = 100;      ///< Code points of a status text.
    qint64 watchedPeople = 200;     ///< People whose presence one socket hears of.

    bool operator==(const Limits &) const = default;
};

/// What a server says of itself to anybody who asks.
struct CONFAB_EXPORT ServerInfo
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(QString version MEMBER version)
    Q_PROPERTY(qint64 protocolVersion MEMBER protocolVersion)
    Q_PROPERTY(QStringList features MEMBER features)
    Q_PROPERTY(confab::ServerInfo::Registration registration MEMBER registration)
    Q_PROPERTY(confab::Limits limits MEMBER limits)

public:
    enum class Registration { Unknown, Open, Invite, Closed };
    Q_ENUM(Registration)

    QString name;
    QString version;
    qint64 protocolVersion = 1;
    QStringList features;
    Registration registration = Registration::Unknown;
    Limits limits;

    bool operator==(const ServerInfo &) const = default;
};

} // namespace confab
