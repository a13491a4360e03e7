// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"

#include <QtCore/QDir>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

using namespace Qt::StringLiterals;

/// The fuzzing itself: a planted fault is found within the executions that a test makes, kept, and shown again.
class tst_Fuzzing : public QObject
{
    Q_OBJECT

private:
    struct Outcome
    {
        int exitCode = -1;
        QByteArray output;
    };

    static Outcome run(const QString &target, const QStringList &arguments)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(qEnvironmentVariable("CONFAB_BINARY_DIR") + u"/bin/fuzz-"_s + target, arguments);
        if (!process.waitForFinished(240'000))
            return {};
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAll()};
    }

    /// As many executions as the smallest target makes in the group, over the seeds of the frame decoder.
    QStringList boundedRun() const
    {
        return {u"-runs=10000"_s, u"-seed=1"_s, u"-max_len=4096"_s, u"-artifact_prefix="_s + m_folder.path() + u'/',
                qEnvironmentVariable("CONFAB_SOURCE_DIR") + u"/tests/fuzz/corpus/cbor-frames"_s};
    }

    QTemporaryDir m_folder;

private Q_SLOTS:
    void findsAPlantedFaultAndShowsItAgain()
    {
        QStringList arguments = boundedRun();
        const QString found = m_folder.filePath(u"found"_s);
        QVERIFY(QDir().mkpath(found));
        arguments.insert(4, found); // what is new goes there, not into the seeds
        const Outcome outcome = run(u"planted-fault"_s, arguments);
        QVERIFY2(outcome.exitCode != 0, outcome.output.constData());
        QVERIFY2(outcome.output.contains("heap-buffer-overflow") || outcome.output.contains("SEGV"),
                 outcome.output.constData());
        QVERIFY2(outcome.output.contains("INITED"), "a seed shows the fault, so nothing had to be found");
        const QStringList kept = QDir(m_folder.path()).entryList({u"crash-*"_s});
        QCOMPARE(kept.size(), 1);

        const Outcome again = run(u"planted-fault"_s, {m_folder.filePath(kept.first())});
        QVERIFY2(again.exitCode != 0, again.output.constData());
        const Outcome mended = run(u"planted-mended"_s, {m_folder.filePath(kept.first())});
        QVERIFY2(mended.exitCode == 0, mended.output.constData());
    }

    void findsNothingWhereThereIsNoFault()
    {
        QStringList arguments = boundedRun();
        const QString found = m_folder.filePath(u"mended"_s);
        QVERIFY(QDir().mkpath(found));
        arguments.insert(4, found);
        const Outcome outcome = run(u"planted-mended"_s, arguments);
        QVERIFY2(outcome.exitCode == 0, outcome.output.constData());
        QVERIFY2(outcome.output.contains("Done 10000 runs"), outcome.output.constData());
    }
};

CONFAB_TEST_CLASS(tst_Fuzzing)

#include "tst_Fuzzing.moc"
