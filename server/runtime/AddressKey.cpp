// SPDX-License-Identifier: MIT
#include "server/runtime/AddressKey.h"

#include <QtNetwork/QHostAddress>

#include <algorithm>

namespace confab::server {
using namespace Qt::StringLiterals;

QString addressKey(const QHostAddress &address)
{
    bool isIpv4 = false;
    const quint32 ipv4 = address.toIPv4Address(&isIpv4);
    if (isIpv4)
        return QHostAddress(ipv4).toString();
    Q_IPV6ADDR bytes = address.toIPv6Address();
    std::fill(std::begin(bytes.c) + 8, std::end(bytes.c), quint8(0));
    return QHostAddress(bytes).toString() + "/64"_L1;
}

} // namespace confab::server
