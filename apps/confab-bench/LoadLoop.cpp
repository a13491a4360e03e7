// SPDX-License-Identifier: MIT
#include "apps/confab-bench/LoadLoop.h"

#include <QtCore/QElapsedTimer>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace confab::bench {
using namespace Qt::StringLiterals;

LoadLoop::LoadLoop(const QByteArray &host, const QList<quint16> &ports)
    : m_host(host), m_ports(ports), m_epoll(epoll_create1(EPOLL_CLOEXEC))
{
}

LoadLoop::~LoadLoop()
{
    for (const auto &connection : m_connections) {
        if (connection->m_descriptor >= 0)
            ::close(connection->m_descriptor);
    }
    ::close(m_epoll);
}

void LoadLoop::open(int count)
{
    for (int i = 0; i < count; ++i)
        m_connections.push_back(std::make_unique<LoadConnection>(static_cast<int>(m_connections.size())));
}

int LoadLoop::openCount() const
{
    return static_cast<int>(std::count_if(m_connections.begin(), m_connections.end(), [](const auto &connection) {
        return connection->state == LoadConnection::State::Open;
    }));
}

void LoadLoop::startSome()
{
    if (m_started == m_connections.size())
        return;
    int opening = 0;
    for (std::size_t i = 0; i < m_started; ++i) {
        const auto state = m_connections[i]->state;
        opening += state == LoadConnection::State::Connecting || state == LoadConnection::State::Upgrading;
    }
    for (; opening < m_openingAtOnce && m_started < m_connections.size(); ++opening)
        start(*m_connections[m_started++]);
}

void LoadLoop::start(LoadConnection &connection)
{
    connection.m_descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection.m_descriptor < 0)
        return fail(connection, u"socket: %1"_s.arg(QString::fromLocal8Bit(std::strerror(errno))));
    const int on = 1;
    ::setsockopt(connection.m_descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(m_ports.at(connection.index % m_ports.size()));
    ::inet_pton(AF_INET, m_host.constData(), &address.sin_addr);
    if (::connect(connection.m_descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) < 0 &&
        errno != EINPROGRESS)
        return fail(connection, u"connect: %1"_s.arg(QString::fromLocal8Bit(std::strerror(errno))));
    connection.m_out = QByteArray("GET ") + kSocketPath + " HTTP/1.1\r\nHost: " + m_host +
                       "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
                       "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: " +
                       kCborSubprotocol + "\r\n\r\n";
    connection.state = LoadConnection::State::Upgrading;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT;
    event.data.ptr = &connection;
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, connection.m_descriptor, &event);
}

void LoadLoop::cut(LoadConnection &connection)
{
    if (connection.m_descriptor >= 0)
        ::close(connection.m_descriptor);
    connection.m_descriptor = -1;
    connection.m_wantsWrite = false;
    connection.m_in.clear();
    connection.m_out.clear();
    connection.m_answers.clear();
    connection.state = LoadConnection::State::Connecting;
}

void LoadLoop::reopen()
{
    m_started = 0;
}

void LoadLoop::watch(LoadConnection &connection)
{
    epoll_event event{};
    event.events = connection.m_out.isEmpty() ? EPOLLIN : EPOLLIN | EPOLLOUT;
    event.data.ptr = &connection;
    ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, connection.m_descriptor, &event);
}

void LoadLoop::fail(LoadConnection &connection, const QString &reason)
{
    if (connection.m_descriptor >= 0)
        ::close(connection.m_descriptor);
    connection.m_descriptor = -1;
    connection.state = LoadConnection::State::Closed;
    if (connection.closeReason.isEmpty())
        connection.closeReason = reason;
    if (m_firstFailure.isEmpty())
        m_firstFailure = connection.closeReason;
    ++m_closed;
}

void LoadLoop::read(LoadConnection &connection)
{
    static std::array<char, 262'144> buffer;
    const ssize_t got = ::recv(connection.m_descriptor, buffer.data(), buffer.size(), 0);
    if (got == 0)
        return fail(connection, u"closed by the server"_s);
    if (got < 0) {
        if (errno != EAGAIN && errno != EINTR)
            fail(connection, QString::fromLocal8Bit(std::strerror(errno)));
        return;
    }
    connection.m_in.append(buffer.data(), got);
    connection.consume(onEvent);
    if (connection.state == LoadConnection::State::Closed)
        fail(connection, u"refused"_s);
}

void LoadLoop::write(LoadConnection &connection)
{
    connection.m_wantsWrite = false;
    if (connection.m_descriptor < 0 || connection.m_out.isEmpty())
        return;
    const ssize_t sent = ::send(connection.m_descriptor, connection.m_out.constData(),
                                static_cast<std::size_t>(connection.m_out.size()), MSG_NOSIGNAL);
    if (sent > 0)
        connection.m_out.remove(0, sent);
    else if (sent < 0 && errno != EAGAIN && errno != ENOTCONN && errno != EINTR)
        return fail(connection, QString::fromLocal8Bit(std::strerror(errno)));
    watch(connection);
}

bool LoadLoop::run(const std::function<bool()> &done, qint64 timeoutMs)
{
    QElapsedTimer timer;
    timer.start();
    std::array<epoll_event, 512> events;
    while (!done()) {
        if (timer.elapsed() > timeoutMs)
            return false;
        startSome();
        for (const auto &connection : m_connections) {
            if (connection->m_wantsWrite)
                write(*connection);
        }
        // Several bursts of readiness per look at all connections: with thousands of them that look is not free.
        for (int burst = 0; burst < 8; ++burst) {
            const int ready =
                ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), burst == 0 ? m_turnMs : 0);
            if (ready <= 0)
                break;
            for (int i = 0; i < ready; ++i) {
                auto &connection = *static_cast<LoadConnection *>(events[static_cast<std::size_t>(i)].data.ptr);
                const quint32 what = events[static_cast<std::size_t>(i)].events;
                if (connection.m_descriptor >= 0 && (what & (EPOLLIN | EPOLLHUP | EPOLLERR)))
                    read(connection);
                if (connection.m_descriptor >= 0 && (connection.m_wantsWrite || (what & EPOLLOUT)))
                    write(connection);
            }
        }
    }
    return true;
}

} // namespace confab::bench
