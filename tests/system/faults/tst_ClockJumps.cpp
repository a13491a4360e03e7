// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/system/faults/FaultScene.h"

#include <cstdio>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// A wall clock that a test sets, for processes of their own (libfaketime). Durations stay true.
class FakeWallClock
{
public:
    /// By how much it is off, as `+3h` or `-10m`.
    bool set(const QByteArray &offset)
    {
        // Renamed into place: a process reads it at any moment.
        QFile next(m_folder.filePath(u"next"_s));
        return next.open(QIODevice::WriteOnly) && next.write(offset + '\n') > 0 && (next.close(), true) &&
               std::rename(qPrintable(next.fileName()), qPrintable(path())) == 0;
    }
    QStringList environment() const
    {
        return {u"LD_PRELOAD=/usr/$LIB/faketime/libfaketimeMT.so.1"_s, u"FAKETIME_TIMESTAMP_FILE="_s + path(),
                u"FAKETIME_NO_CACHE=1"_s, u"FAKETIME_DONT_FAKE_MONOTONIC=1"_s, u"FAKETIME_DONT_RESET=1"_s};
    }

private:
    QString path() const { return m_folder.filePath(u"offset"_s); }

    QTemporaryDir m_folder;
};

} // namespace

/// Wall clocks that are wrong or jump: order comes from the server's numbers, and times from its clock.
class tst_ClockJumps : public QObject
{
    Q_OBJECT

    /// The times the server gave the messages of the conversation, oldest first.
    static QList<qint64> times(FaultScene &scene)
    {
        QList<qint64> result;
        for (const Message &message : scene.checker->serverHistory(u"joan"_s, scene.conversation))
            result.append(message.createdAt);
        return result;
    }

private Q_SLOTS:
    /// Three hours forwards and back while people chat: nobody is signed out, nothing changes its order.
    void ofTheServerChangeNoOrder()
    {
        FakeWallClock clock;
        QVERIFY(clock.set("+0"));
        FaultScene scene;
        scene.server.setEnvironment(clock.environment());
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        for (const QByteArray &offset : {"+3h"_ba, "-3h"_ba, "+0"_ba}) {
            QVERIFY(clock.set(offset));
            scene.chat(4);
            scene.proxy->drop();
            scene.chat(4);
            QVERIFY(scene.ada->waitOnline() && scene.joan->waitOnline());
        }
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        const QList<qint64> given = times(scene);
        const auto [earliest, latest] = std::minmax_element(given.begin(), given.end());
        QVERIFY2(*latest - *earliest > 3'600'000, "the server's clock did not jump");
    }

    /// Case B11: a device whose clock is ten minutes slow converses in order, and its times become the server's.
    void ofTheClientAreCorrectedByTheServer()
    {
        FakeWallClock clock;
        QVERIFY(clock.set("-10m"));
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.adaLeaves();
        QVERIFY(scene.adasProcess->start(clock.environment()));
        const auto held = [&] { return scene.checker->serverHistory(u"joan"_s, scene.conversation); };
        for (int turn = 0; turn < 6; ++turn) {
            if (turn == 4)
                QVERIFY(clock.set("+2h"));
            if (turn % 2 == 0)
                scene.adasProcess->say(scene.conversation, u"turn %1"_s.arg(turn));
            else
                QVERIFY(scene.type(u"joan"_s, u"turn %1"_s.arg(turn)));
            QVERIFY(waitUntil([&] { return held().size() == turn + 1; }));
        }
        QStringList order;
        for (const Message &message : held())
            order.append(message.content.text);
        QCOMPARE(order, (QStringList{u"turn 0"_s, u"turn 1"_s, u"turn 2"_s, u"turn 3"_s, u"turn 4"_s, u"turn 5"_s}));
        const QList<qint64> given = times(scene);
        QVERIFY(std::is_sorted(given.begin(), given.end()));
        QVERIFY(given.last() - given.first() < 600'000);
        scene.adaReturns();
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        client::TimelineModel timeline;
        timeline.setClient(&scene.ada->client());
        timeline.setConversationId(scene.conversation);
        QVERIFY(waitUntil([&] { return timeline.count() == 6; }));
        for (int row = 0; row < 6; ++row) {
            const QModelIndex index = timeline.index(row);
            const QDateTime shown = timeline.data(index, int(client::TimelineModel::Role::CreatedAt)).toDateTime();
            QCOMPARE(shown.toMSecsSinceEpoch(), given.at(5 - row));
        }
    }

    /// Case B9: typed offline between two others' messages, it stands after both on every device.
    void typedOfflineStandsWhereTheServerPutsIt()
    {
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        QVERIFY(scene.type(u"joan"_s, u"1"_s));
        scene.proxy->refuse();
        QVERIFY(scene.type(u"ada"_s, u"2"_s));
        QVERIFY(scene.type(u"joan"_s, u"3"_s));
        QVERIFY(waitUntil([&] { return scene.joan->unsettled(scene.conversation) == 0; }));
        scene.proxy->heal();
        scene.ada->client().probe();
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        QStringList order;
        for (const Message &message : scene.ada->timeline(scene.conversation))
            order.append(message.content.text);
        QCOMPARE(order, (QStringList{u"1"_s, u"3"_s, u"2"_s}));
    }
};

CONFAB_TEST_CLASS(tst_ClockJumps)
#include "tst_ClockJumps.moc"
