// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"

#include <QtCore/QCoreApplication>

#include <cstdio>

#include <sys/wait.h>

using namespace Qt::StringLiterals;

/// Shows that `./dev test tsan` reports a race next to every way by which threads hand work over, and only there.
class tst_PlantedRaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reportsARaceBesideEachHandoverAndNoneWithin_data()
    {
        QTest::addColumn<QString>("handover");
        QByteArray output;
        QCOMPARE(exitCode({}, &output), 0);
        const QStringList names = QString::fromUtf8(output).split(u'\n', Qt::SkipEmptyParts);
        QVERIFY2(names.size() >= 10, output.constData());
        for (const QString &name : names)
            QTest::newRow(qUtf8Printable(name)) << name;
    }
    void reportsARaceBesideEachHandoverAndNoneWithin()
    {
        QFETCH(QString, handover);
        QByteArray output;
        QCOMPARE(exitCode(handover + u" ordered"_s, &output), 0);
        QVERIFY2(output.isEmpty(), output.constData());

        QCOMPARE(exitCode(handover + u" racy"_s, &output), 66);
        QVERIFY2(output.contains("WARNING: ThreadSanitizer: data race"), output.constData());
        QVERIFY2(output.contains("writeShared"), output.constData());
    }

private:
    /// ThreadSanitizer's own code for a process that raced is 66. Not QProcess: its fork breaks the sanitizer.
    static int exitCode(const QString &arguments, QByteArray *output)
    {
        const QString command = u"'%1/planted-races' %2 2>&1"_s.arg(QCoreApplication::applicationDirPath(), arguments);
        std::FILE *pipe = popen(qUtf8Printable(command), "r");
        if (!pipe)
            return -1;
        char buffer[4096];
        while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe))
            output->append(buffer, qsizetype(count));
        const int status = pclose(pipe);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
    }
};

CONFAB_TEST_CLASS(tst_PlantedRaces)
#include "tst_PlantedRaces.moc"
