// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace confab::test {

/// The service manager's end of sd_notify(3).
class NotifySocket
{
public:
    /// \a name is a path, or an abstract socket's name that begins with @.
    explicit NotifySocket(const QByteArray &name) : m_descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto size = qMin(static_cast<std::size_t>(name.size()), sizeof(address.sun_path) - 1);
        std::memcpy(address.sun_path, name.constData(), size);
        if (name.startsWith('@'))
            address.sun_path[0] = '\0';
        const timeval patience{60, 0};
        ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        m_open = ::bind(m_descriptor, reinterpret_cast<const sockaddr *>(&address),
                        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size)) == 0;
    }
    ~NotifySocket() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(NotifySocket)

    bool isOpen() const { return m_open; }
    /// Waits for the next datagram; empty when none comes within a minute.
    QByteArray next()
    {
        char buffer[256];
        const ssize_t size = ::recv(m_descriptor, buffer, sizeof(buffer), 0);
        return size > 0 ? QByteArray(buffer, size) : QByteArray();
    }

private:
    const int m_descriptor;
    bool m_open = false;
};

} // namespace confab::test
