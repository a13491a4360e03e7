// SPDX-License-Identifier: MIT
#include "server/gateway/net/Listener.h"

#include "server/runtime/Log.h"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace confab::server {

namespace {
constexpr int kAcceptsPerTurn = 64; // so that a storm of connections leaves time for those that are here
constexpr int kPauseMs = 250;

/// What the system keeps of a peer that does not read, beside what is on its way. By itself it would keep megabytes.
constexpr int kUnsentBytes = 128 * 1024;

void prepare(int descriptor)
{
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof kUnsentBytes);
}
} // namespace

Listener::Listener(int descriptor, Accepted accepted, Exhausted exhausted)
    : m_descriptor(descriptor), m_accepted(std::move(accepted)), m_onExhausted(std::move(exhausted)),
      m_notifier(descriptor, QSocketNotifier::Read)
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
        if (acceptOne() == Accepting::Done)
            return;
    }
}

void Listener::acceptAll()
{
    while (acceptOne() == Accepting::More) {
    }
}

Listener::Accepting Listener::acceptOne()
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int descriptor =
        ::accept4(m_descriptor, reinterpret_cast<sockaddr *>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
        if (std::exchange(m_exhausted, false))
            qCInfo(lcGateway, "Connections are accepted again.");
        prepare(descriptor);
        m_accepted(descriptor, QHostAddress(reinterpret_cast<sockaddr *>(&address)));
        return Accepting::More;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        pause();
        return Accepting::Done;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return Accepting::Done;
    // ECONNABORTED and the network's errors (accept(2)) are of one connection that is gone already.
    return Accepting::More;
}

void Listener::pause()
{
    // Said once, not at every try.
    if (!std::exchange(m_exhausted, true)) {
        qCWarning(lcGateway,
                  "No descriptor is left for a new connection; accepting pauses. Raise the limit of open files "
                  "or lower limits.connections.");
        if (m_onExhausted)
            m_onExhausted();
    }
    m_notifier.setEnabled(false);
    m_pause.start(kPauseMs, this);
}

} // namespace confab::server
