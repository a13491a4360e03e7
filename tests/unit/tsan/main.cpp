// SPDX-License-Identifier: MIT
// Races on purpose, in a process of their own: "planted-races" lists them, "planted-races NAME ordered|racy" runs one.
#include "tests/unit/tsan/PlantedRaces.h"

#include <QtCore/QCoreApplication>

#include <cstdio>

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.size() == 3)
        return confab::test::writeFromTwoThreads(arguments[1], arguments[2] != QLatin1StringView("racy")) ? 0 : 2;
    for (const QString &name : confab::test::handovers())
        std::puts(qUtf8Printable(name));
    return 0;
}
