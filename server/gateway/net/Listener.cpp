// SPDX-License-Identifier: MIT
#include "server/gateway/net/Listener.h"

#include "server/runtime/Log.h"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace confab::server {

namespace {
constexpr int kAcceptsPerTurn = 64; // so that a storm of connections leaves time for those that are here
constexpr int kPauseMs = 250;
} // namespace

Listener::Listener(int descriptor, Accepted accepted)
    : m_descriptor(descriptor), m_accepted(std::move(accepted)), m_notifier(descriptor, QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, [this] { acceptWaiting(); });
}

Listener::~Listener()
{
    m_notifier.setEnabled(false);
    ::close(m_descriptor);
}

void Listener::setAccepting(bool accepting)
{
    m_accepting = accepting;
    m_notifier.setEnabled(accepting && !m_pause.isActive());
}

void Listener::timerEvent(QTimerEvent *)
{
    m_pause.stop();
    m_notifier.setEnabled(m_accepting);
}

void Listener::acceptWaiting()
{
    for (int i = 0; i < kAcceptsPerTurn && m_accepting; ++i) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        const int descriptor =
            ::accept4(m_descriptor, reinterpret_cast<sockaddr *>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            const int on = 1;
            ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            m_accepted(descriptor, QHostAddress(reinterpret_cast<sockaddr *>(&address)));
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            qCWarning(lcGateway, "No descriptor is left for a new connection; accepting pauses.");
            m_notifier.setEnabled(false);
            m_pause.start(kPauseMs, this);
            return;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        // ECONNABORTED and the network's errors (accept(2)) are of one connection that is gone already.
    }
}

} // namespace confab::server
