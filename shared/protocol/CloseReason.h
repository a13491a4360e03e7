// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QObject>
#include <QtCore/QString>

namespace confab {

/// Why a socket was closed, by its close code (RFC 6455, section 7.4; 4000 and above are ours).
enum class CloseReason {
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    UnsupportedData = 1003,
    BadText = 1007,
    TooLarge = 1009,
    InternalError = 1011,
    SessionRevoked = 4001, ///< Signed out elsewhere, password changed, deactivated: sign in again.
    SessionExpired = 4002,
    HandshakeTimeout = 4003, ///< No `hello` in time.
    PeerSilent = 4004,       ///< No sign of life within the dead-peer bound.
    SlowReader = 4005,       ///< The byte budget stayed full.
    Draining = 4006,         ///< The node goes away for maintenance: come back after a spread interval.
    Overloaded = 4007,
    Superseded = 4008, ///< A newer socket of the same session took its place.
};

/// Whether a client may connect again with the same session.
bool mayReconnect(CloseReason reason);

/// A short English name for logs.
const char *closeReasonName(CloseReason reason);

/// The text of a close frame: the name and, where there is one, the time within which the client is to come back, at a
/// random moment: `draining; come back within 12500 ms`.
QByteArray closeText(CloseReason reason, qint64 spreadMs);

/// The time that such a text names; 0 where it names none.
qint64 spreadOfCloseText(const QString &text);

} // namespace confab
