// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/net/ByteStream.h"

#include <deque>
#include <memory>

namespace confab::server {

/// A TCP connection, straight on its descriptor: an idle one costs a descriptor, a notifier and this object.
///
/// (A QTcpSocket costs some 10 KiB more, and QWebSocket on it accepts unmasked frames.)
class TcpStream final : public ByteStream
{
public:
    /// Takes over a connected non-blocking descriptor.
    explicit TcpStream(int descriptor);
    ~TcpStream() override;
    Q_DISABLE_COPY_MOVE(TcpStream)

    void setReceiver(StreamReceiver *receiver) override { m_receiver = receiver; }
    void setReading(bool reading) override;
    void write(const QByteArray &bytes) override;
    void finish() override;
    void abort() override;
    qint64 bytesWaiting() const override { return m_waiting ? m_waiting->bytes : 0; }
    qint64 bytesTaken() const override { return m_taken; }

private:
    class Notifier;
    friend class Notifier;

    /// What the system did not take yet.
    struct Waiting
    {
        std::deque<QByteArray> chunks;
        qsizetype offset = 0; // into the first chunk
        qint64 bytes = 0;
    };

    void readReady();
    void writeReady();
    void end();
    void updateReading();

    const int m_descriptor;
    StreamReceiver *m_receiver = nullptr;
    Notifier *m_readNotifier;
    Notifier *m_writeNotifier = nullptr; // made at the first need
    std::unique_ptr<Waiting> m_waiting;  // null when nothing waits
    qint64 m_taken = 0;
    bool m_reading = true;
    bool m_peerFinished = false;
    bool m_finishing = false; // no more writes
    bool m_finished = false;  // the peer was told
    bool m_aborted = false;
    bool m_ended = false;
};

} // namespace confab::server
