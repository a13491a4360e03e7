// SPDX-License-Identifier: MIT
#include "client-sdk/src/connection/SingleCall.h"

#include "shared/protocol/Frames.h"

#include <chrono>

namespace confab::client {

using namespace Qt::StringLiterals;

SingleCall::SingleCall(std::unique_ptr<Transport> transport, const QUrl &url, qint64 timeoutMs, const char *op,
                       const QByteArray &params, Connection::RawCallback callback, QObject *parent)
    : QObject(parent), m_transport(std::move(transport)), m_callback(std::move(callback))
{
    connect(m_transport.get(), &Transport::opened, this,
            [this, request = encodeRequest(1, op, params)] { m_transport->send(request); });
    connect(m_transport.get(), &Transport::received, this, [this](const QByteArray &frame) {
        const Result<ServerFrame> decoded = decodeServerFrame(frame);
        if (decoded && decoded->id == 1)
            finish(decoded->error ? Result<QByteArray>(*decoded->error) : Result<QByteArray>(decoded->body));
    });
    connect(m_transport.get(), &Transport::closed, this,
            [this] { finish(Error::unavailable(u"The server cannot be reached."_s)); });
    QTimer::singleShot(std::chrono::milliseconds(timeoutMs), this,
                       [this] { finish(Error::unavailable(u"The server did not answer in time."_s)); });
    m_transport->open(url);
}

SingleCall::~SingleCall() = default;

void SingleCall::finish(const Result<QByteArray> &body)
{
    if (!m_callback)
        return;
    const Connection::RawCallback callback = std::exchange(m_callback, nullptr);
    m_transport->disconnect(this);
    m_transport->close();
    deleteLater();
    callback(body);
}

} // namespace confab::client
