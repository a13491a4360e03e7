// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/net/TrustedProxies.h"

#include <QtCore/QHash>
#include <QtCore/QStringList>

namespace confab::server {

/// The numbers a gateway keeps to. Times are milliseconds, sizes bytes.
struct GatewaySettings
{
    qint64 headerBytes = 16 * 1024;             ///< Of a request's first line and header fields.
    qint64 frameBytes = 1024 * 1024;            ///< Of one socket message.
    qint64 bodyBytes = 1024 * 1024;             ///< Of one REST request's body.
    qint64 handshakeMs = 10'000;                ///< From accepting to the header's end and, on a socket, to `hello`.
    qint64 bodyMs = 60'000;                     ///< From a request's header to its end.
    qint64 idleMs = 60'000;                     ///< Between two requests of one HTTP connection.
    qint64 closingMs = 3'000;                   ///< From our closing to the peer's; then the connection is cut.
    qint64 drainMs = 10'000;                    ///< For requests in hand when the node goes; then connections are cut.
    qint64 drainNoticeMs = 0;                   ///< Between failing /readyz and no longer accepting.
    int reconnectsPerSecond = 400;              ///< Of this node, that its clients' coming back is spread for.
    qint64 maxSpreadMs = 60'000;                ///< The longest time they are spread over.
    int shards = 1;                             ///< Of this node.
    qint64 heartbeatMs = 20'000;                ///< Between two pings.
    qint64 deadPeerMs = 45'000;                 ///< Without one byte a peer is dead.
    qint64 renewMs = 5 * 60'000;                ///< How often the session of an open socket is renewed.
    qint64 compareMs = 60'000;                  ///< Between comparisons of what is served with the store.
    qint64 compareAwayMs = 5'000;               ///< The same while other nodes cannot be heard.
    qint64 settleMs = 1'000;                    ///< For events on their way, before a difference counts as a loss.
    qint64 sessionCheckMs = 2'000;              ///< Between looks whether the sessions of the sockets still hold.
    qint64 tickMs = 500;                        ///< How finely these times are looked at.
    int requestsInFlight = 32;                  ///< Of one socket; more wait, unread.
    qint64 eventBudgetBytes = 1024 * 1024;      ///< Events that may wait for a slow reader, ephemeral ones to a half.
    qint64 replyPauseBytes = 1024 * 1024;       ///< While more waits for a reader, its next requests wait too.
    qint64 replyBudgetBytes = 16 * 1024 * 1024; ///< Everything that may wait for a slow reader.
    qint64 slowReaderMs = 30'000;               ///< A reader for whom something waits and who takes nothing is closed.
    qint64 lagMs = 300'000;                     ///< A reader that stays over its budget so long is closed.
    int maxConnections = 4096;                  ///< Of one shard; beyond it accepting pauses.
    QStringList corsOrigins;                    ///< Origins browsers may call REST from; "*" is every one.
    TrustedProxies trustedProxies;              ///< Whose X-Forwarded-For counts.
    QString metricsToken;                       ///< Opens /metrics; empty: only this machine may read it.
    QHash<QByteArray, QByteArray> documents;    ///< JSON by its path, for everybody: the API documents.
};

} // namespace confab::server
