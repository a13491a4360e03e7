// SPDX-License-Identifier: MIT
#include "server/gateway/net/TcpStream.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtCore/QSocketNotifier>

#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace confab::server {

namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kChunksPerWrite = 64;

/// One buffer a thread: what is read from it is used before the next read.
char *readBuffer()
{
    thread_local const std::unique_ptr<char[]> buffer = std::make_unique<char[]>(kReadBytes);
    return buffer.get();
}

bool isTemporary(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

} // namespace

/// A socket notifier without a signal connection, which would cost more than the notifier.
class TcpStream::Notifier final : public QSocketNotifier
{
public:
    Notifier(TcpStream *stream, Type type) : QSocketNotifier(stream->m_descriptor, type), m_stream(stream) { }

    /// The stream goes, perhaps within this notifier's own event.
    void retire()
    {
        m_stream = nullptr;
        setEnabled(false);
        deleteLater();
    }

protected:
    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::SockAct)
            return QSocketNotifier::event(event);
        if (m_stream && isEnabled())
            type() == Read ? m_stream->readReady() : m_stream->writeReady();
        return true;
    }

private:
    TcpStream *m_stream;
};

TcpStream::TcpStream(int descriptor) : m_descriptor(descriptor)
{
    m_readNotifier = new Notifier(this, QSocketNotifier::Read);
}

TcpStream::~TcpStream()
{
    m_readNotifier->retire();
    if (m_writeNotifier)
        m_writeNotifier->retire();
    ::close(m_descriptor);
}

void TcpStream::setReading(bool reading)
{
    m_reading = reading;
    updateReading();
}

void TcpStream::updateReading()
{
    // After the peer's end the descriptor stays readable; only a cut is to be heard then.
    m_readNotifier->setEnabled(!m_ended && ((m_reading && !m_peerFinished) || m_aborted));
}

void TcpStream::write(const QByteArray &bytes)
{
    if (m_finishing || m_aborted || bytes.isEmpty())
        return;
    qsizetype sent = 0;
    if (!m_waiting) {
        const ssize_t count =
            ::send(m_descriptor, bytes.constData(), static_cast<std::size_t>(bytes.size()), MSG_NOSIGNAL);
        if (count < 0 && !isTemporary(errno)) {
            abort();
            return;
        }
        sent = std::max<ssize_t>(count, 0);
        m_taken += sent;
        if (sent == bytes.size())
            return;
        m_waiting = std::make_unique<Waiting>();
        m_waiting->offset = sent;
    }
    m_waiting->chunks.push_back(bytes);
    m_waiting->bytes += bytes.size() - sent;
    if (!m_writeNotifier)
        m_writeNotifier = new Notifier(this, QSocketNotifier::Write);
    m_writeNotifier->setEnabled(true);
}

void TcpStream::writeReady()
{
    while (m_waiting) {
        iovec parts[kChunksPerWrite];
        std::size_t count = 0;
        qsizetype offset = m_waiting->offset;
        for (const QByteArray &chunk : m_waiting->chunks) {
            if (count == kChunksPerWrite)
                break;
            parts[count++] = {const_cast<char *>(chunk.constData()) + offset,
                              static_cast<std::size_t>(chunk.size() - offset)};
            offset = 0;
        }
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = count;
        const ssize_t sent = ::sendmsg(m_descriptor, &message, MSG_NOSIGNAL);
        if (sent < 0) {
            if (!isTemporary(errno))
                abort();
            return;
        }
        m_taken += sent;
        m_waiting->bytes -= sent;
        m_waiting->offset += sent;
        while (!m_waiting->chunks.empty() && m_waiting->offset >= m_waiting->chunks.front().size()) {
            m_waiting->offset -= m_waiting->chunks.front().size();
            m_waiting->chunks.pop_front();
        }
        if (m_waiting->bytes == 0)
            m_waiting.reset();
    }
    m_writeNotifier->retire();
    m_writeNotifier = nullptr;
    if (m_finishing)
        finish();
    else if (m_receiver)
        m_receiver->writtenOut();
}

void TcpStream::finish()
{
    m_finishing = true;
    if (m_waiting || m_finished || m_aborted)
        return;
    m_finished = true;
    ::shutdown(m_descriptor, SHUT_WR);
    if (m_peerFinished)
        abort(); // both ends are done
}

void TcpStream::abort()
{
    if (m_aborted)
        return;
    m_aborted = true;
    m_finishing = true;
    m_waiting.reset();
    if (m_writeNotifier)
        m_writeNotifier->setEnabled(false);
    // The descriptor becomes readable, so the end is heard from the event loop.
    ::shutdown(m_descriptor, SHUT_RDWR);
    updateReading();
}

void TcpStream::readReady()
{
    if (m_aborted) {
        end();
        return;
    }
    char *buffer = readBuffer();
    const ssize_t count = ::recv(m_descriptor, buffer, kReadBytes, 0);
    if (count > 0) {
        m_receiver->bytesArrived(QByteArrayView(buffer, count));
        return;
    }
    if (count < 0) {
        if (isTemporary(errno))
            return;
        abort();
        end();
        return;
    }
    m_peerFinished = true;
    updateReading();
    if (m_finished) {
        abort();
        end();
    } else {
        m_receiver->peerFinished();
    }
}

void TcpStream::end()
{
    if (m_ended)
        return;
    m_ended = true;
    updateReading();
    m_receiver->streamEnded();
}

} // namespace confab::server
