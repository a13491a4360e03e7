// SPDX-License-Identifier: MIT
#include "server/gateway/net/ListeningSocket.h"

#include <QtCore/QtEndian>

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

constexpr int kBacklog = 1024;

struct SocketAddress
{
    sockaddr_storage storage{};
    socklen_t size = 0;

    SocketAddress(const QHostAddress &address, quint16 port)
    {
        if (address.protocol() == QAbstractSocket::IPv6Protocol ||
            address.protocol() == QAbstractSocket::AnyIPProtocol) {
            auto *ipv6 = reinterpret_cast<sockaddr_in6 *>(&storage);
            ipv6->sin6_family = AF_INET6;
            ipv6->sin6_port = qToBigEndian(port);
            const Q_IPV6ADDR bytes = address.toIPv6Address();
            std::memcpy(&ipv6->sin6_addr, &bytes, sizeof ipv6->sin6_addr);
            size = sizeof *ipv6;
        } else {
            auto *ipv4 = reinterpret_cast<sockaddr_in *>(&storage);
            ipv4->sin_family = AF_INET;
            ipv4->sin_port = qToBigEndian(port);
            ipv4->sin_addr.s_addr = qToBigEndian(address.toIPv4Address());
            size = sizeof *ipv4;
        }
    }
    sockaddr *data() { return reinterpret_cast<sockaddr *>(&storage); }
};

void setOption(int descriptor, int level, int option)
{
    const int on = 1;
    ::setsockopt(descriptor, level, option, &on, sizeof on);
}

quint16 portOf(int descriptor)
{
    SocketAddress address{QHostAddress(QHostAddress::AnyIPv6), 0};
    address.size = sizeof address.storage;
    ::getsockname(descriptor, address.data(), &address.size);
    // The port stands at the same place in both families.
    return qFromBigEndian(reinterpret_cast<sockaddr_in *>(&address.storage)->sin_port);
}

} // namespace

Result<ListeningSockets> openListeningSockets(const QHostAddress &address, quint16 port, int count)
{
    ListeningSockets sockets;
    sockets.port = port;
    const auto fail = [&sockets, &address](int error) -> Error {
        for (const int descriptor : sockets.descriptors)
            ::close(descriptor);
        const QString where = u"%1 port %2"_s.arg(address.toString()).arg(sockets.port);
        if (error == EADDRINUSE)
            return Error::conflict(u"listen"_s, u"%1 is taken by another program"_s.arg(where));
        return Error::unavailable(u"cannot listen on %1: %2"_s.arg(where, qt_error_string(error)));
    };
    for (int i = 0; i < count; ++i) {
        SocketAddress socketAddress(address, sockets.port);
        const int descriptor = ::socket(socketAddress.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (descriptor < 0)
            return fail(errno);
        sockets.descriptors.push_back(descriptor);
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR);
        if (address.protocol() == QAbstractSocket::IPv6Protocol)
            setOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY);
        // The first is bound without SO_REUSEPORT, or a second server would share the port silently; set afterwards
        // it still lets the other shards in.
        if (i > 0)
            setOption(descriptor, SOL_SOCKET, SO_REUSEPORT);
        if (::bind(descriptor, socketAddress.data(), socketAddress.size) != 0)
            return fail(errno);
        if (i == 0) {
            setOption(descriptor, SOL_SOCKET, SO_REUSEPORT);
            sockets.port = portOf(descriptor);
        }
    }
    for (const int descriptor : sockets.descriptors) {
        if (::listen(descriptor, kBacklog) != 0)
            return fail(errno);
    }
    return sockets;
}

} // namespace confab::server
