// SPDX-License-Identifier: MIT
#include "shared/protocol/CloseReason.h"

namespace confab {

bool mayReconnect(CloseReason reason)
{
    return reason != CloseReason::SessionRevoked && reason != CloseReason::SessionExpired;
}

const char *closeReasonName(CloseReason reason)
{
    switch (reason) {
    case CloseReason::Normal:
        return "normal";
    case CloseReason::GoingAway:
        return "going away";
    case CloseReason::ProtocolError:
        return "protocol error";
    case CloseReason::UnsupportedData:
        return "unsupported data";
    case CloseReason::BadText:
        return "ill-formed text";
    case CloseReason::TooLarge:
        return "frame too large";
    case CloseReason::InternalError:
        return "internal error";
    case CloseReason::SessionRevoked:
        return "session revoked";
    case CloseReason::SessionExpired:
        return "session expired";
    case CloseReason::HandshakeTimeout:
        return "no hello in time";
    case CloseReason::PeerSilent:
        return "peer silent";
    case CloseReason::SlowReader:
        return "slow reader";
    case CloseReason::Draining:
        return "draining";
    case CloseReason::Overloaded:
        return "overloaded";
    case CloseReason::Superseded:
        return "superseded";
    }
    return "unknown";
}

} // namespace confab
