// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QtGlobal>

namespace confab::simulation {

/// A stream of numbers that a seed decides (SplitMix64): the same on every machine and with every library.
class Random
{
public:
    explicit Random(quint64 seed) : m_state(seed) { }
    /// A stream of its own for one thing, so that what another thing draws changes nothing here.
    Random(quint64 seed, quint64 thing) : m_state(seed ^ (thing + 1) * 0x9e3779b97f4a7c15ULL) { next(); }

    quint64 next()
    {
        m_state += 0x9e3779b97f4a7c15ULL;
        quint64 z = m_state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    /// Uniform in [0, 1).
    double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    bool chance(double probability) { return uniform() < probability; }
    /// Uniform in [\a least, \a most].
    qint64 between(qint64 least, qint64 most)
    {
        return least + static_cast<qint64>(next() % static_cast<quint64>(most - least + 1));
    }

private:
    quint64 m_state;
};

/// While it lives, everything this thread draws from QRandomGenerator comes from a seed: ids, socket numbers, jitter.
class SeededIds
{
public:
    explicit SeededIds(quint64 seed);
    ~SeededIds();
    Q_DISABLE_COPY_MOVE(SeededIds)

private:
    Random m_random;
};

} // namespace confab::simulation
