// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QThread>
#include <QtCore/QUrl>

#include <functional>

namespace confab::test {

class ProxyWorker;

/// Which way bytes go through a FaultProxy.
enum class Way { ToServer, ToClient };

/// A TCP proxy on loopback between clients and a server, which does to what passes through it whatever networks and
/// intermediaries do. It runs in a thread of its own, so that it goes on while a test blocks.
///
/// Every call is in effect when it returns. Faults add up until heal().
class FaultProxy
{
public:
    explicit FaultProxy(quint16 serverPort);
    ~FaultProxy();
    Q_DISABLE_COPY_MOVE(FaultProxy)

    quint16 port() const { return m_port; }
    QUrl url() const;

    /// Passes everything on from now on. Connections that went silent stay so, as those over a broken path do.
    void heal();
    /// Ends all connections without a word.
    void drop();
    /// Drops, and lets nobody connect.
    void refuse();
    /// What comes is held back for this long.
    void delay(Way way, int milliseconds);
    /// Passes no more than this on; 0 sets no bound.
    void throttle(Way way, qint64 bytesPerSecond);
    /// Half-open: connections stay, new ones are taken, and not one byte passes either way.
    void goSilent();
    /// Cuts each time so many bytes more have passed; every cut takes the next number, and after the last one none.
    void cutAfter(Way way, const QList<qint64> &bytes);
    /// Cuts \a times right after a request went to the server, whose answer then finds nobody.
    void cutAfterRequest(int times);
    /// Cuts \a times when the server's answer to a request has come, which the client does not get.
    void cutBeforeReply(int times);
    /// Drops, and answers every request with this and no more, as a portal or a proxy whose upstream is gone.
    void answerWith(int httpStatus, const QByteArray &html);

    int cuts() const;     ///< Since the start.
    int attempts() const; ///< Connections taken since the start.
    int open() const;     ///< Connections held at present.
    qint64 passed(Way way) const;

private:
    template<typename T>
    T ask(const std::function<T(ProxyWorker &)> &question) const;
    void tell(const std::function<void(ProxyWorker &)> &order);

    QThread m_thread;
    ProxyWorker *m_worker;
    quint16 m_port = 0;
};

} // namespace confab::test
