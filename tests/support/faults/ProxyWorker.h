// SPDX-License-Identifier: MIT
#pragma once

#include "tests/support/faults/FaultProxy.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QTimer>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>

#include <deque>

namespace confab::test {

/// The half of a FaultProxy that lives in its thread.
class ProxyWorker : public QObject
{
    Q_OBJECT

public:
    /// What happens to bytes that go one way.
    struct Faults
    {
        int delayMs = 0;
        qint64 bytesPerSecond = 0;
        QList<qint64> cutAfter;
        qint64 sinceCut = 0;
        qint64 passed = 0;
    };

    explicit ProxyWorker(quint16 serverPort) : m_serverPort(serverPort) { }
    ~ProxyWorker() override;

    quint16 listen();
    Faults &faults(Way way) { return way == Way::ToServer ? m_toServer : m_toClient; }
    void heal();
    void drop();
    void refuse();
    void goSilent();
    void cutRequests(int afterRequest, int beforeReply);
    void answerWith(const QByteArray &answer);
    int cuts() const { return m_cuts; }
    int attempts() const { return m_attempts; }
    int open() const { return static_cast<int>(m_links.size()); }

private:
    struct Chunk
    {
        qint64 dueMs;
        QByteArray bytes;
    };

    /// One connection: the client's end, the server's, and what is on its way between them.
    struct Link
    {
        QTcpSocket *client = nullptr;
        QTcpSocket *server = nullptr;
        std::deque<Chunk> toServer;
        std::deque<Chunk> toClient;
        QByteArray header; ///< Of a request that the proxy answers by itself.
        int chunksFromClient = 0;
        bool silent = false;
        bool cutsNextReply = false;
    };
    using LinkPointer = std::shared_ptr<Link>;

    void accept();
    void fromClient(const LinkPointer &link);
    void fromServer(const LinkPointer &link);
    void queue(const LinkPointer &link, Way way, const QByteArray &bytes);
    void pump();
    void pump(const LinkPointer &link, Way way, qint64 allowed);
    bool write(const LinkPointer &link, Way way, const QByteArray &bytes);
    void cut(const LinkPointer &link);
    void end(const LinkPointer &link);

    const quint16 m_serverPort;
    QTcpServer *m_listener = nullptr;
    QTimer *m_ticks = nullptr;
    QElapsedTimer m_time;
    qint64 m_pumpedMs = 0;
    QList<LinkPointer> m_links;
    Faults m_toServer;
    Faults m_toClient;
    QByteArray m_answer;
    bool m_silent = false;
    int m_cutsAfterRequest = 0;
    int m_cutsBeforeReply = 0;
    int m_cuts = 0;
    int m_attempts = 0;
    quint16 m_port = 0;
};

} // namespace confab::test
