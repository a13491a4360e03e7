// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Operation.h"
#include "shared/protocol/Types.h"

// The socket's first request.

namespace confab {

/// What a device missed since its cursors, and what the server is.
struct HelloReply
{
    Q_GADGET
    Q_PROPERTY(confab::User user MEMBER user)
    Q_PROPERTY(confab::Session session MEMBER session)
    Q_PROPERTY(confab::ServerInfo server MEMBER server)
    Q_PROPERTY(confab::GenerationId generation MEMBER generation)
    Q_PROPERTY(qint64 accountRevision MEMBER accountRevision)
    Q_PROPERTY(qint64 serverTime MEMBER serverTime)
    Q_PROPERTY(qint64 heartbeatMs MEMBER heartbeatMs)
    Q_PROPERTY(bool resync MEMBER resync)
    Q_PROPERTY(QList<confab::ConversationEntry> conversations MEMBER conversations)
    Q_PROPERTY(bool moreConversations MEMBER moreConversations)
    Q_PROPERTY(QList<confab::ConversationChanges> changes MEMBER changes)
    Q_PROPERTY(QList<confab::ConversationId> gone MEMBER gone)
    Q_PROPERTY(QList<confab::ConversationId> more MEMBER more)
    Q_PROPERTY(QList<confab::ProfileVersion> profiles MEMBER profiles)
    Q_PROPERTY(QList<confab::Receipt> receipts MEMBER receipts)
    Q_PROPERTY(QList<confab::ConversationId> entriesLeft MEMBER entriesLeft)
    Q_PROPERTY(qint64 reconnectSpreadMs MEMBER reconnectSpreadMs)
    Q_PROPERTY(confab::OwnPresence ownPresence MEMBER ownPresence)

public:
    User user;
    Session session;
    ServerInfo server;
    GenerationId generation;
    Revision accountRevision = 0;
    qint64 serverTime = 0;
    qint64 heartbeatMs =
        0; ///< The server pings at least this often; a client that hears nothing for 2.25 times as long reconnects.
    bool resync =
        false; ///< Generation or cursors do not fit this store: drop the cache (not the outbox) and take this as all.
    QList<ConversationEntry> conversations; ///< Those that changed; with no cursors the newest first.
    bool moreConversations = false;         ///< `conversation.list` after one's own account revision tells the rest.
    QList<ConversationChanges> changes;
    QList<ConversationId> gone;
    QList<ConversationId> more; ///< Changed too, but did not fit: ask `conversation.changes`.
    QList<ProfileVersion> profiles;
    QList<Receipt> receipts; ///< How far others are in the conversations active last: events may have been missed.
    QList<ConversationId> entriesLeft; ///< Held by the client and changed, but their entries (with unread numbers) did
                                       ///< not fit: ask `conversation.list` for these ids.
    qint64 reconnectSpreadMs =
        0; ///< When this socket is lost, the first new attempt is to come at a random time within so long.
    OwnPresence ownPresence;
};

/// Opens a socket: who it is, and what it holds already. The reply carries what changed since; events follow it.
struct Hello
{
    Q_GADGET
    Q_PROPERTY(QString token MEMBER token)
    Q_PROPERTY(std::optional<confab::GenerationId> generation MEMBER generation)
    Q_PROPERTY(std::optional<qint64> accountRevision MEMBER accountRevision)
    Q_PROPERTY(QList<confab::Cursor> cursors MEMBER cursors)
    Q_PROPERTY(std::optional<qint64> protocolVersion MEMBER protocolVersion)
    Q_PROPERTY(QStringList features MEMBER features)
    Q_PROPERTY(std::optional<bool> away MEMBER away)

public:
    using Reply = HelloReply;
    static constexpr OperationInfo kInfo{"hello", HttpMethod::None, "", Access::Anyone, true};

    QString token;                          ///< Of account.register or session.open.
    std::optional<GenerationId> generation; ///< As the last hello gave it.
    std::optional<qint64> accountRevision;  ///< What the device holds of the list of conversations.
    QList<Cursor> cursors;                  ///< Of the conversations the device holds.
    std::optional<qint64> protocolVersion;  ///< Of the client.
    QStringList features;                   ///< Of the client.
    std::optional<bool> away; ///< Nobody is at the device, as `presence.setAway` says. Absent: somebody is.
};

} // namespace confab
