// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QRandomGenerator>

namespace confab::test {

/// The random numbers of one test, from a seed that is printed: CONFAB_TEST_SEED=<number> runs it again with the same.
class Seed
{
public:
    Seed();

    /// From \a low to \a high, both included.
    int between(int low, int high) { return m_generator.bounded(low, high + 1); }
    bool oneIn(int n) { return m_generator.bounded(n) == 0; }

private:
    QRandomGenerator m_generator;
};

/// \a times multiplied by CONFAB_TEST_SCALE, at least 1.
int scaled(int times);

} // namespace confab::test
