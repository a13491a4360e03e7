// SPDX-License-Identifier: MIT
// main() of every test executable: runs all registered classes, or the one named first on the command line.
#include "tests/support/TestClass.h"

#include <QtCore/QCoreApplication>

#include <cstdio>

namespace confab::test {

std::vector<TestClass> &testClasses()
{
    static std::vector<TestClass> classes;
    return classes;
}

} // namespace confab::test

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    const QString only = arguments.value(1);
    QStringList testArguments{arguments.first()};
    testArguments += arguments.mid(2);

    int ran = 0;
    int failedClasses = 0;
    for (const confab::test::TestClass &testClass : confab::test::testClasses()) {
        if (!only.isEmpty() && only != QLatin1StringView(testClass.name))
            continue;
        const std::unique_ptr<QObject> object = testClass.make();
        ++ran;
        if (QTest::qExec(object.get(), testArguments) != 0)
            ++failedClasses;
    }
    if (ran == 0) {
        std::fprintf(stderr, "no test class of that name here; classes:\n");
        for (const confab::test::TestClass &testClass : confab::test::testClasses())
            std::fprintf(stderr, "  %s\n", testClass.name);
        return 2;
    }
    std::printf("%d test classes ran, %d failed\n", ran, failedClasses);
    return failedClasses == 0 ? 0 : 1;
}
