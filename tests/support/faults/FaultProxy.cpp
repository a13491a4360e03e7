// SPDX-License-Identifier: MIT
#include "tests/support/faults/FaultProxy.h"

#include "tests/support/faults/ProxyWorker.h"

namespace confab::test {
using namespace Qt::StringLiterals;

FaultProxy::FaultProxy(quint16 serverPort) : m_worker(new ProxyWorker(serverPort))
{
    m_worker->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    m_thread.start();
    m_port = ask<quint16>([](ProxyWorker &worker) { return worker.listen(); });
}

FaultProxy::~FaultProxy()
{
    m_thread.quit();
    m_thread.wait();
}

QUrl FaultProxy::url() const
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port));
}

void FaultProxy::heal()
{
    tell([](ProxyWorker &worker) { worker.heal(); });
}

void FaultProxy::drop()
{
    tell([](ProxyWorker &worker) { worker.drop(); });
}

void FaultProxy::refuse()
{
    tell([](ProxyWorker &worker) { worker.refuse(); });
}

void FaultProxy::delay(Way way, int milliseconds)
{
    tell([=](ProxyWorker &worker) { worker.faults(way).delayMs = milliseconds; });
}

void FaultProxy::throttle(Way way, qint64 bytesPerSecond)
{
    tell([=](ProxyWorker &worker) { worker.faults(way).bytesPerSecond = bytesPerSecond; });
}

void FaultProxy::goSilent()
{
    tell([](ProxyWorker &worker) { worker.goSilent(); });
}

void FaultProxy::cutAfter(Way way, const QList<qint64> &bytes)
{
    tell([=](ProxyWorker &worker) { worker.faults(way).cutAfter = bytes; });
}

void FaultProxy::cutAfterRequest(int times)
{
    tell([=](ProxyWorker &worker) { worker.cutRequests(times, 0); });
}

void FaultProxy::cutBeforeReply(int times)
{
    tell([=](ProxyWorker &worker) { worker.cutRequests(0, times); });
}

void FaultProxy::answerWith(int httpStatus, const QByteArray &html)
{
    const QByteArray answer =
        "HTTP/1.1 " + QByteArray::number(httpStatus) +
        " Proxy\r\nContent-Type: text/html\r\nContent-Length: " + QByteArray::number(html.size()) +
        "\r\nConnection: close\r\n\r\n" + html;
    tell([=](ProxyWorker &worker) { worker.answerWith(answer); });
}

int FaultProxy::cuts() const
{
    return ask<int>([](ProxyWorker &worker) { return worker.cuts(); });
}

int FaultProxy::attempts() const
{
    return ask<int>([](ProxyWorker &worker) { return worker.attempts(); });
}

int FaultProxy::open() const
{
    return ask<int>([](ProxyWorker &worker) { return worker.open(); });
}

qint64 FaultProxy::passed(Way way) const
{
    return ask<qint64>([way](ProxyWorker &worker) { return worker.faults(way).passed; });
}

template<typename T>
T FaultProxy::ask(const std::function<T(ProxyWorker &)> &question) const
{
    T answer{};
    QMetaObject::invokeMethod(
        m_worker, [&] { answer = question(*m_worker); }, Qt::BlockingQueuedConnection);
    return answer;
}

void FaultProxy::tell(const std::function<void(ProxyWorker &)> &order)
{
    QMetaObject::invokeMethod(
        m_worker, [&] { order(*m_worker); }, Qt::BlockingQueuedConnection);
}

} // namespace confab::test
