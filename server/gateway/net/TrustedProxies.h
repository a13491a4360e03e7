// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArrayList>
#include <QtCore/QList>
#include <QtCore/QPair>
#include <QtNetwork/QHostAddress>

namespace confab::server {

/// The proxies whose X-Forwarded-For is believed, and what follows from it.
class TrustedProxies
{
public:
    TrustedProxies() = default;
    /// Subnets as QHostAddress::parseSubnet reads them.
    explicit TrustedProxies(const QList<QPair<QHostAddress, int>> &subnets) : m_subnets(subnets) { }

    bool trusts(const QHostAddress &address) const;

    /// The client's address: from right to left, the first hop that is no trusted proxy. \a forwardedFor are the
    /// values of all X-Forwarded-For fields in order. What a stranger writes there counts for nothing.
    QHostAddress clientAddress(const QHostAddress &peer, const QByteArrayList &forwardedFor) const;

private:
    QList<QPair<QHostAddress, int>> m_subnets;
};

} // namespace confab::server
