// SPDX-License-Identifier: MIT
#include "server/gateway/net/TrustedProxies.h"

namespace confab::server {

namespace {

/// An IPv4 address that came mapped into IPv6 is the IPv4 address.
QHostAddress plain(const QHostAddress &address)
{
    bool isIpv4 = false;
    const quint32 ipv4 = address.toIPv4Address(&isIpv4);
    return isIpv4 ? QHostAddress(ipv4) : address;
}

/// Reads one hop, with or without port: "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80".
QHostAddress parseHop(QByteArrayView hop)
{
    QString text = QString::fromLatin1(hop.trimmed());
    if (text.startsWith(u'[')) {
        const qsizetype end = text.indexOf(u']');
        text = text.mid(1, end - 1);
    } else if (text.count(u':') == 1) {
        text.truncate(text.indexOf(u':'));
    }
    return plain(QHostAddress(text));
}

} // namespace

bool TrustedProxies::trusts(const QHostAddress &address) const
{
    for (const QPair<QHostAddress, int> &subnet : m_subnets) {
        if (plain(address).isInSubnet(subnet))
            return true;
    }
    return false;
}

QHostAddress TrustedProxies::clientAddress(const QHostAddress &peer, const QByteArrayList &forwardedFor) const
{
    QHostAddress client = plain(peer);
    if (m_subnets.isEmpty() || forwardedFor.isEmpty())
        return client;
    const QByteArrayList hops = forwardedFor.join(',').split(',');
    for (auto hop = hops.crbegin(); hop != hops.crend() && trusts(client); ++hop) {
        const QHostAddress address = parseHop(*hop);
        if (address.isNull())
            break;
        client = address;
    }
    return client;
}

} // namespace confab::server
