// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace confab::test {

/// Names of the ways by which work reaches another thread, each of which a race is planted beside.
QStringList handovers();

/// Two threads write one number with only \a handover between them: \a ordered as it promises, or both at any time.
/// False when there is no such handover.
bool writeFromTwoThreads(const QString &handover, bool ordered);

} // namespace confab::test
