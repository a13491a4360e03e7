// SPDX-License-Identifier: MIT
#include "server/app/ServiceNotifier.h"

#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace confab::server {

// A manager that does not listen is its own affair: the server runs on, so nothing is reported.
void ServiceNotifier::send(const QByteArray &state) const
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (m_socketPath.isEmpty() || static_cast<std::size_t>(m_socketPath.size()) >= sizeof(address.sun_path))
        return;
    std::memcpy(address.sun_path, m_socketPath.constData(), static_cast<std::size_t>(m_socketPath.size()));
    // The name of an abstract socket begins with NUL, which is written as @.
    if (address.sun_path[0] == '@')
        address.sun_path[0] = '\0';
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return;
    const auto size =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + static_cast<std::size_t>(m_socketPath.size()));
    (void)::sendto(descriptor, state.constData(), static_cast<std::size_t>(state.size()), MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr *>(&address), size);
    ::close(descriptor);
}

} // namespace confab::server
