// SPDX-License-Identifier: MIT
#include "shared/core/Clock.h"
#include "shared/protocol/Operations.h"
#include "tests/support/SqliteLock.h"
#include "tests/support/TestClass.h"
#include "tests/system/faults/FaultScene.h"

#include <QtCore/QDirIterator>

#include <sys/resource.h>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// No file of this process may grow beyond so many bytes: what an ordinary user can do in place of filling a disk.
bool limitFiles(qint64 pid, rlim_t bytes)
{
    const rlimit limit{bytes, RLIM_INFINITY};
    return ::prlimit(static_cast<pid_t>(pid), RLIMIT_FSIZE, &limit, nullptr) == 0;
}

qint64 bytesBelow(const QString &folder)
{
    qint64 bytes = 0;
    QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext())
        bytes += files.nextFileInfo().size();
    return bytes;
}

} // namespace

/// No space left, on either side: nothing is lost, nothing is wrong, and all goes on when there is space again.
class tst_FullDisk : public QObject
{
    Q_OBJECT

    static RestReply joanPosts(RestClient &rest, FaultScene &scene, const QString &text)
    {
        static const SystemClock clock;
        const IdGenerator ids(clock);
        return rest.request("POST", u"/v1/conversations/%1/messages"_s.arg(scene.conversation.toString()),
                            {{u"clientId"_s, ids.make<ClientId>().toString()}, {u"text"_s, text}});
    }

private Q_SLOTS:
    /// Case O7, the server's side: it answers `unavailable` and serves what it has; what people type meanwhile waits.
    void ofTheServerIsUnavailableAndNotWrong()
    {
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.chat(3);
        RestClient rest(scene.server.url());
        const Result<SignedIn> signedIn = signIn(rest, u"joan"_s);
        QVERIFY(signedIn);
        rest.setToken(signedIn->token);

        QVERIFY(limitFiles(scene.server.pid(), 1));
        const RestReply refused = joanPosts(rest, scene, u"into a full disk"_s);
        const RestReply history =
            rest.request("GET", u"/v1/conversations/%1/messages"_s.arg(scene.conversation.toString()));
        scene.chat(3);
        const bool waits = scene.ada->unsettled(scene.conversation) > 0;
        QVERIFY(limitFiles(scene.server.pid(), RLIM_INFINITY));

        QCOMPARE(refused.status, 503);
        QCOMPARE(refused.json()[u"code"_s].toString(), u"unavailable"_s);
        QCOMPARE(history.status, 200);
        QVERIFY(waits);
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
        QCOMPARE(joanPosts(rest, scene, u"there is space again"_s).status / 100, 2);
    }

    /// Cases O7, O12, R12: the client refuses what it cannot keep, holds what it has, and gets what others wrote
    /// meanwhile.
    void ofTheClientLosesNothing()
    {
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.chat(3);
        scene.adaLeaves();
        QVERIFY(scene.adasProcess->start());
        QVERIFY(waitUntil([&] { return scene.adasProcess->state() == "Online"_L1; }));
        scene.adasProcess->say(scene.conversation, u"before"_s);
        QVERIFY(waitUntil([&] { return scene.adasProcess->typedCount() == 1; }));

        QVERIFY(limitFiles(scene.adasProcess->pid(), 1));
        scene.adasProcess->say(scene.conversation, u"into a full disk"_s);
        QVERIFY(waitUntil([&] { return !scene.adasProcess->refused().isEmpty(); }));
        QCOMPARE(scene.adasProcess->refused(), QStringList{u"unavailable"_s});
        for (int i = 0; i < 3; ++i)
            QVERIFY(scene.type(u"joan"_s, u"Ada has no space for %1"_s.arg(i)));
        QVERIFY(limitFiles(scene.adasProcess->pid(), RLIM_INFINITY));
        scene.adasProcess->say(scene.conversation, u"after"_s);
        QVERIFY(waitUntil([&] { return scene.adasProcess->typedCount() == 2; }));
        const QString database = QDir(scene.adasProfile()).filePath(u"confab.db"_s);
        QCOMPARE(sqliteLockHolder(database), scene.adasProcess->pid());
        scene.adaReturns();
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }

    /// Case O8: started without space it says so and touches nothing; with space it is as before.
    void atTheClientsStartIsSaidAndHarmless()
    {
        FaultScene scene;
        const QString trouble = scene.open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        scene.chat(3);
        scene.server.kill9();
        QVERIFY(scene.type(u"ada"_s, u"still on its way"_s));
        scene.adaLeaves();
        const qint64 before = bytesBelow(scene.adasProfile());
        QVERIFY(scene.adasProcess->start({}, 1));
        QVERIFY(waitUntil([&] { return scene.adasProcess->state() == "StoreFailed"_L1; }));
        QVERIFY(!scene.adasProcess->stateReason().isEmpty());
        QVERIFY(bytesBelow(scene.adasProfile()) >= before);
        QVERIFY(scene.server.start());
        scene.adaReturns();
        scene.joan->client().probe();
        const QString complaints = scene.checker->settle();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints));
    }
};

CONFAB_TEST_CLASS(tst_FullDisk)
#include "tst_FullDisk.moc"
