// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Id.h"
#include "shared/core/Result.h"

#include <QtCore/QByteArray>

namespace confab::server {

/// What it means to leave an event out for a reader who is slow.
enum class Worth : quint8 {
    Kept,      ///< Its client has to ask for what it missed; left out last.
    Ephemeral, ///< The same, but left out first: the next `hello` says it again.
    Fleeting,  ///< Left out first, and nobody asks for it: it would be over.
};

/// What services tell the hubs of all shards through the bus: an event frame, encoded once, and whom it is for.
struct Envelope
{
    enum class Kind {
        Conversation, ///< `frame` goes to the sessions of a conversation's members who may see `messageId`. `userId`,
                      ///< where it is set, left it with this.
        User,         ///< `frame` goes to all sessions of one user.
        Joined, ///< The user's sessions now get the conversation's events from `messageId` (visibleFrom) on; `frame`
                ///< follows to them.
        Left,   ///< The user's sessions no longer do; `frame` goes to them.
        SessionEnded, ///< The session's sockets close at once and nothing remembered of it counts. On sessionsTopic().
        SocketOpened, ///< The user's session has a new socket, numbered `messageId`: those with smaller numbers close.
        UserEnded,    ///< All sockets of the user close at once. userId alone is set.
    };

    Kind kind = Kind::Conversation;
    ConversationId conversationId;
    UserId userId;
    SessionId sessionId;
    SessionId exceptSession; ///< Gets no copy (it has the reply). Null: everybody.
    qint64 messageId = 0;    ///< 0: of no message, everybody in the conversation may see it.
    QByteArray frame;        ///< A whole CBOR event frame; empty for none.
    Revision revision = 0;   ///< Of the change: the conversation's, or the account's where it is for one user. 0: none.
    Worth worth = Worth::Kept;
};

/// The fixed binary form on the bus.
QByteArray encodeEnvelope(const Envelope &envelope);
Result<Envelope> decodeEnvelope(const QByteArray &bytes);

/// The topics: a fixed number of slots each, so that subscriptions do not grow with conversations or users.
QByteArray conversationTopic(const ConversationId &id);
QByteArray userTopic(const UserId &id);

/// The one topic that every hub listens to: sessions that ended anywhere.
QByteArray sessionsTopic();

} // namespace confab::server
