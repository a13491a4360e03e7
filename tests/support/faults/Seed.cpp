// SPDX-License-Identifier: MIT
#include "tests/support/faults/Seed.h"

#include <QtCore/QtGlobal>

#include <algorithm>

namespace confab::test {

namespace {

quint32 chosenSeed()
{
    bool given = false;
    const quint32 wanted = qEnvironmentVariable("CONFAB_TEST_SEED").toUInt(&given);
    const quint32 seed = given ? wanted : QRandomGenerator::global()->generate();
    qInfo("CONFAB_TEST_SEED=%u", seed);
    return seed;
}

} // namespace

Seed::Seed() : m_generator(chosenSeed()) { }

int scaled(int times)
{
    bool given = false;
    const double scale = qEnvironmentVariable("CONFAB_TEST_SCALE").toDouble(&given);
    return given ? std::max(1, static_cast<int>(times * scale)) : times;
}

} // namespace confab::test
