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

namespace {
constexpr char kSpreadBegin[] = "; come back within ";
constexpr char kSpreadEnd[] = " ms";
} // namespace

QByteArray closeText(CloseReason reason, qint64 spreadMs)
{
    QByteArray text = closeReasonName(reason);
    if (spreadMs > 0)
        text += kSpreadBegin + QByteArray::number(spreadMs) + kSpreadEnd;
    return text;
}

qint64 spreadOfCloseText(const QString &text)
{
    const QByteArray bytes = text.toLatin1();
    const qsizetype at = bytes.indexOf(kSpreadBegin);
    if (at < 0 || !bytes.endsWith(kSpreadEnd))
        return 0;
    const qsizetype begin = at + qsizetype(sizeof kSpreadBegin) - 1;
    const QByteArray number = bytes.mid(begin, bytes.size() - begin - qsizetype(sizeof kSpreadEnd) + 1);
    constexpr qint64 kLongest = 3'600'000;
    return qBound<qint64>(0, number.toLongLong(), kLongest);
}

} // namespace confab
