// SPDX-License-Identifier: MIT
#include "tests/support/faults/ProxyWorker.h"

#include <algorithm>

namespace confab::test {

namespace {

constexpr int kTickMs = 5;
// The upgrade and the hello: what a client sends before it has said anything that matters.
constexpr int kOpeningChunks = 2;

} // namespace

ProxyWorker::~ProxyWorker()
{
    drop();
}

quint16 ProxyWorker::listen()
{
    m_time.start();
    m_ticks = new QTimer(this);
    m_ticks->setTimerType(Qt::PreciseTimer);
    connect(m_ticks, &QTimer::timeout, this, qOverload<>(&ProxyWorker::pump));
    m_listener = new QTcpServer(this);
    connect(m_listener, &QTcpServer::newConnection, this, &ProxyWorker::accept);
    m_listener->listen(QHostAddress::LocalHost);
    m_port = m_listener->serverPort();
    return m_port;
}

void ProxyWorker::heal()
{
    for (Faults *faults : {&m_toServer, &m_toClient})
        *faults = {0, 0, {}, 0, faults->passed};
    m_answer.clear();
    m_silent = false;
    m_cutsAfterRequest = m_cutsBeforeReply = 0;
    if (!m_listener->isListening())
        m_listener->listen(QHostAddress::LocalHost, m_port);
}

void ProxyWorker::drop()
{
    const QList<LinkPointer> links = m_links;
    for (const LinkPointer &link : links)
        end(link);
}

void ProxyWorker::refuse()
{
    m_listener->close();
    drop();
}

void ProxyWorker::goSilent()
{
    m_silent = true;
    for (const LinkPointer &link : m_links)
        link->silent = true;
}

void ProxyWorker::cutRequests(int afterRequest, int beforeReply)
{
    m_cutsAfterRequest = afterRequest;
    m_cutsBeforeReply = beforeReply;
}

void ProxyWorker::answerWith(const QByteArray &answer)
{
    drop();
    m_answer = answer;
}

void ProxyWorker::accept()
{
    while (QTcpSocket *client = m_listener->nextPendingConnection()) {
        ++m_attempts;
        const auto link = std::make_shared<Link>();
        link->client = client;
        link->silent = m_silent;
        client->setParent(this);
        client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        m_links.append(link);
        connect(client, &QTcpSocket::readyRead, this, [this, link] { fromClient(link); });
        connect(client, &QTcpSocket::disconnected, this, [this, link] { end(link); });
        if (!m_answer.isEmpty() || m_silent)
            continue;
        link->server = new QTcpSocket(this);
        link->server->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        connect(link->server, &QTcpSocket::readyRead, this, [this, link] { fromServer(link); });
        connect(link->server, &QTcpSocket::disconnected, this, [this, link] { end(link); });
        connect(
            link->server, &QTcpSocket::errorOccurred, this, [this, link] { end(link); }, Qt::QueuedConnection);
        link->server->connectToHost(QHostAddress(QHostAddress::LocalHost), m_serverPort);
    }
}

void ProxyWorker::fromClient(const LinkPointer &link)
{
    if (!link->client)
        return;
    const QByteArray bytes = link->client->readAll();
    if (link->silent)
        return;
    if (!link->server) {
        link->header += bytes;
        if (!link->header.contains("\r\n\r\n"))
            return;
        link->client->write(m_answer);
        link->client->disconnectFromHost();
        return;
    }
    ++link->chunksFromClient;
    const bool opened = link->chunksFromClient > kOpeningChunks;
    if (opened && m_cutsAfterRequest > 0) {
        --m_cutsAfterRequest;
        if (write(link, Way::ToServer, bytes))
            cut(link);
        return;
    }
    if (opened && m_cutsBeforeReply > 0 && !link->cutsNextReply) {
        --m_cutsBeforeReply;
        link->cutsNextReply = true;
    }
    queue(link, Way::ToServer, bytes);
}

void ProxyWorker::fromServer(const LinkPointer &link)
{
    if (!link->server)
        return;
    const QByteArray bytes = link->server->readAll();
    if (link->silent)
        return;
    if (link->cutsNextReply) {
        cut(link);
        return;
    }
    queue(link, Way::ToClient, bytes);
}

void ProxyWorker::queue(const LinkPointer &link, Way way, const QByteArray &bytes)
{
    std::deque<Chunk> &waiting = way == Way::ToServer ? link->toServer : link->toClient;
    const Faults &fault = faults(way);
    if (waiting.empty() && fault.delayMs == 0 && fault.bytesPerSecond == 0) {
        write(link, way, bytes);
        return;
    }
    waiting.push_back({m_time.elapsed() + fault.delayMs, bytes});
    if (!m_ticks->isActive()) {
        m_pumpedMs = m_time.elapsed();
        m_ticks->start(kTickMs);
    }
}

void ProxyWorker::pump()
{
    const qint64 nowMs = m_time.elapsed();
    const qint64 sinceMs = nowMs - std::exchange(m_pumpedMs, nowMs);
    const auto allowed = [sinceMs](const Faults &fault) {
        return fault.bytesPerSecond == 0 ? std::numeric_limits<qint64>::max()
                                         : std::max<qint64>(1, fault.bytesPerSecond * sinceMs / 1000);
    };
    bool waiting = false;
    const QList<LinkPointer> links = m_links;
    for (const LinkPointer &link : links) {
        pump(link, Way::ToServer, allowed(m_toServer));
        pump(link, Way::ToClient, allowed(m_toClient));
        waiting = waiting || !link->toServer.empty() || !link->toClient.empty();
    }
    if (!waiting)
        m_ticks->stop();
}

void ProxyWorker::pump(const LinkPointer &link, Way way, qint64 allowed)
{
    std::deque<Chunk> &waiting = way == Way::ToServer ? link->toServer : link->toClient;
    while (!waiting.empty() && allowed > 0 && waiting.front().dueMs <= m_time.elapsed()) {
        Chunk &chunk = waiting.front();
        const QByteArray part = chunk.bytes.left(allowed);
        allowed -= part.size();
        chunk.bytes.remove(0, part.size());
        if (chunk.bytes.isEmpty())
            waiting.pop_front();
        if (!write(link, way, part))
            return;
    }
}

/// False when the link was cut by it.
bool ProxyWorker::write(const LinkPointer &link, Way way, const QByteArray &bytes)
{
    QTcpSocket *to = way == Way::ToServer ? link->server : link->client;
    if (!to)
        return false;
    Faults &fault = faults(way);
    const qint64 left = fault.cutAfter.isEmpty() ? bytes.size() : fault.cutAfter.first() - fault.sinceCut;
    const QByteArray part = bytes.left(left);
    to->write(part);
    if (to->state() == QAbstractSocket::ConnectedState)
        to->flush();
    fault.passed += part.size();
    fault.sinceCut += part.size();
    if (fault.cutAfter.isEmpty() || fault.sinceCut < fault.cutAfter.first())
        return true;
    fault.cutAfter.removeFirst();
    fault.sinceCut = 0;
    cut(link);
    return false;
}

void ProxyWorker::cut(const LinkPointer &link)
{
    ++m_cuts;
    end(link);
}

void ProxyWorker::end(const LinkPointer &link)
{
    if (!m_links.removeOne(link))
        return;
    link->toServer.clear();
    link->toClient.clear();
    // Towards the server in order, so that it gets what was passed on; towards the client as rudely as possible.
    if (QTcpSocket *server = std::exchange(link->server, nullptr)) {
        server->disconnect(this);
        if (server->state() == QAbstractSocket::ConnectedState) {
            connect(server, &QTcpSocket::disconnected, server, &QObject::deleteLater);
            server->disconnectFromHost();
        } else {
            server->abort();
            server->deleteLater();
        }
    }
    if (QTcpSocket *client = std::exchange(link->client, nullptr)) {
        client->disconnect(this);
        client->abort();
        client->deleteLater();
    }
}

} // namespace confab::test
