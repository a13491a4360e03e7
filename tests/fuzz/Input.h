// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

#include <algorithm>

namespace confab::fuzz {

/// Takes an input apart: choices first, the bytes to decode last.
class Input
{
public:
    explicit Input(QByteArrayView bytes) : m_bytes(bytes) { }

    /// The next byte; 0 behind the end.
    quint8 byte()
    {
        if (m_bytes.isEmpty())
            return 0;
        const auto value = static_cast<quint8>(m_bytes.front());
        m_bytes = m_bytes.sliced(1);
        return value;
    }

    /// The text up to the next newline, which is taken too.
    QByteArray line()
    {
        const qsizetype end = m_bytes.indexOf('\n');
        const QByteArrayView text = m_bytes.first(end < 0 ? m_bytes.size() : end);
        m_bytes = m_bytes.sliced(std::min(text.size() + 1, m_bytes.size()));
        return text.toByteArray();
    }

    /// The next \a count bytes, as far as there are some.
    QByteArray bytes(qsizetype count)
    {
        const QByteArrayView taken = m_bytes.first(std::min(count, m_bytes.size()));
        m_bytes = m_bytes.sliced(taken.size());
        return taken.toByteArray();
    }

    QByteArray rest() const { return m_bytes.toByteArray(); }

private:
    QByteArrayView m_bytes;
};

/// A choice out of many for any text, also for what mutation made of a name.
inline std::size_t byteSum(QByteArrayView text)
{
    std::size_t sum = 0;
    for (const char c : text)
        sum += static_cast<uchar>(c);
    return sum;
}

/// Gives \a bytes to \a feed in pieces: lengths are the bytes of \a lengths, taken in turn; the rest comes at once.
template<typename Feed>
void feedInPieces(QByteArrayView bytes, const QByteArray &lengths, Feed feed)
{
    qsizetype turn = 0;
    while (!bytes.isEmpty()) {
        const qsizetype length = turn < lengths.size() ? static_cast<quint8>(lengths[turn]) : bytes.size();
        ++turn;
        const QByteArrayView piece = bytes.first(std::min(length, bytes.size()));
        bytes = bytes.sliced(piece.size());
        feed(piece.toByteArray());
    }
}

} // namespace confab::fuzz
