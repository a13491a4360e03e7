// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Connection.h"

namespace confab::client {

/// One request on a socket of its own, without a session: asking for the server's facts, registering, signing in.
///
/// Deletes itself after its answer; belongs to \a parent until then.
class SingleCall : public QObject
{
    Q_OBJECT

public:
    template<typename Op>
    static void start(const TransportFactory &makeTransport, const QUrl &url, qint64 timeoutMs, const Op &op,
                      std::function<void(Result<typename Op::Reply>)> callback, QObject *parent)
    {
        new SingleCall(
            makeTransport(), url, timeoutMs, Op::kInfo.name, encodeCbor(op),
            [callback = std::move(callback)](Result<QByteArray> body) {
                if (body)
                    callback(Connection::decodeReply<typename Op::Reply>(*body));
                else
                    callback(body.error());
            },
            parent);
    }
    ~SingleCall() override;

private:
    SingleCall(std::unique_ptr<Transport> transport, const QUrl &url, qint64 timeoutMs, const char *op,
               const QByteArray &params, Connection::RawCallback callback, QObject *parent);
    void finish(const Result<QByteArray> &body);

    std::unique_ptr<Transport> m_transport;
    Connection::RawCallback m_callback;
};

} // namespace confab::client
