// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

namespace confab::simulation {

/// A fingerprint of everything that happened, in its order: two runs with the same one were the same run.
class Trace
{
public:
    void note(qint64 timeMs, char kind, qint64 who, QByteArrayView what = {})
    {
        mix(static_cast<quint64>(timeMs) << 8 | static_cast<uchar>(kind));
        mix(static_cast<quint64>(who));
        for (const char byte : what)
            mixByte(static_cast<uchar>(byte));
        ++m_events;
    }
    quint64 hash() const { return m_hash; }
    quint64 events() const { return m_events; }

private:
    // FNV-1a, 64 bits.
    void mixByte(uchar byte) { m_hash = (m_hash ^ byte) * 0x100000001b3ULL; }
    void mix(quint64 word)
    {
        for (int i = 0; i < 8; ++i)
            mixByte(static_cast<uchar>(word >> (8 * i)));
    }

    quint64 m_hash = 0xcbf29ce484222325ULL;
    quint64 m_events = 0;
};

} // namespace confab::simulation
