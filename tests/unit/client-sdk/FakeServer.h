// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Transport.h"
#include "shared/protocol/Codec.h"
#include "shared/protocol/Frames.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QPointer>
#include <QtTest/QTest>

namespace confab::client::test {

/// One attempt at a socket, played by a test.
class FakeTransport final : public Transport
{
    Q_OBJECT

public:
    void open(const QUrl &newUrl) override { url = newUrl; }
    void send(const QByteArray &frame) override { sent.append(frame); }
    void ping() override { ++pings; }
    void close() override { closedByClient = true; }

    QUrl url;
    QList<QByteArray> sent;
    int pings = 0;
    bool closedByClient = false;
};

/// The server's side of the wire: tests inject what it says and expect what it is asked.
class FakeServer
{
public:
    TransportFactory factory()
    {
        return [this] {
            auto transport = std::make_unique<FakeTransport>();
            current = transport.get();
            ++attempts;
            return transport;
        };
    }

    void accept() { Q_EMIT current->opened(); }
    void drop(int closeCode = 0) { Q_EMIT current->closed(closeCode, QStringLiteral("dropped")); }

    /// Whether a request of this name has come and was not taken yet.
    bool hasRequest(const char *op) const { return indexOf(op) >= 0; }
    qsizetype openRequests() const { return current ? current->sent.size() : 0; }

    /// Takes the oldest request of this kind; its id stays in lastId. Waits for it.
    template<typename Op>
    Op expect()
    {
        const bool came = QTest::qWaitFor([this] { return hasRequest(Op::kInfo.name); }, 5000);
        if (!came) {
            QTest::qFail(Op::kInfo.name, __FILE__, __LINE__);
            return {};
        }
        const RequestFrame request = *decodeRequest(current->sent.takeAt(indexOf(Op::kInfo.name)));
        lastId = request.id;
        return *decodeCbor<Op>(request.params, Strictness::Reply);
    }

    template<typename Reply>
    void reply(const Reply &value)
    {
        reply(lastId, value);
    }
    template<typename Reply>
    void reply(qint64 id, const Reply &value)
    {
        Q_EMIT current->received(encodeResult(id, encodeCbor(value)));
    }
    void refuse(const Error &error) { Q_EMIT current->received(encodeError(lastId, error)); }

    template<typename Event>
    void inject(const Event &event)
    {
        Q_EMIT current->received(encodeEvent(event));
    }

    QPointer<FakeTransport> current;
    int attempts = 0;
    qint64 lastId = 0;

private:
    qsizetype indexOf(const char *op) const
    {
        for (qsizetype i = 0; current && i < current->sent.size(); ++i) {
            if (decodeRequest(current->sent.at(i))->op == op)
                return i;
        }
        return -1;
    }
};

} // namespace confab::client::test
