// SPDX-License-Identifier: MIT
#include "shared/core/Clock.h"
#include "tests/support/TestClass.h"
#include "tests/system/faults/FaultScene.h"

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// The judge of the fault tests finds what is wrong, and says nothing where nothing is.
class tst_InvariantChecker : public QObject
{
    Q_OBJECT

    const SystemClock m_clock{};
    const IdGenerator m_ids{m_clock};
    std::unique_ptr<FaultScene> m_scene;

    bool complainsOf(const QString &what, bool mayWait = false) const
    {
        const QStringList complaints = m_scene->checker->violations(mayWait);
        return std::any_of(complaints.begin(), complaints.end(),
                           [&](const QString &complaint) { return complaint.contains(what); });
    }

private Q_SLOTS:
    void init()
    {
        m_scene = std::make_unique<FaultScene>();
        const QString trouble = m_scene->open();
        QVERIFY2(trouble.isEmpty(), qPrintable(trouble));
        QVERIFY(m_scene->type(u"ada"_s, u"one"_s) && m_scene->type(u"ada"_s, u"two"_s));
        QCOMPARE(m_scene->checker->settle(), QString());
    }
    void cleanup() { m_scene.reset(); }

    void findsWhatWasLost()
    {
        m_scene->checker->typed(u"ada"_s, m_scene->conversation, m_ids.make<ClientId>(), u"gone"_s);
        QVERIFY(complainsOf(u"lost: \"gone\""_s));
        QVERIFY(complainsOf(u"lost: \"gone\""_s, true));
    }

    void findsAcknowledgementsOfNothing()
    {
        m_scene->checker->acknowledged(m_scene->conversation, m_ids.make<ClientId>());
        QVERIFY(complainsOf(u"acknowledged, but not on the server"_s));
    }

    void findsWrongTextsAndMissedDeletions()
    {
        const QList<Message> messages = m_scene->checker->serverHistory(u"ada"_s, m_scene->conversation);
        m_scene->checker->edited(messages.at(0).clientId, u"uno"_s);
        m_scene->checker->deleted(messages.at(1).clientId);
        QVERIFY(complainsOf(u"\"uno\" reads \"one\""_s));
        QVERIFY(complainsOf(u"\"two\" should be deleted"_s));
    }

    void findsAnotherOrder()
    {
        InvariantChecker fresh(m_scene->server.url());
        fresh.addDevice(u"ada"_s, u"ada"_s, *m_scene->ada);
        const QList<Message> messages = m_scene->checker->serverHistory(u"ada"_s, m_scene->conversation);
        fresh.typed(u"ada"_s, m_scene->conversation, messages.at(1).clientId, u"two"_s);
        fresh.typed(u"ada"_s, m_scene->conversation, messages.at(0).clientId, u"one"_s);
        const QStringList complaints = fresh.violations();
        QCOMPARE(complaints.size(), 1);
        QVERIFY2(complaints.first().startsWith(u"typed later on ada"_s), qPrintable(complaints.first()));
    }

    void findsADeviceThatDiffersAndACountThatIsWrong()
    {
        m_scene->proxy->refuse();
        QVERIFY(m_scene->type(u"joan"_s, u"three"_s));
        QVERIFY(waitUntil([&] { return m_scene->joan->unsettled(m_scene->conversation) == 0; }));
        QVERIFY(complainsOf(u"ada differs from the server"_s));
        QVERIFY(complainsOf(u"ada has 1 unread, but shows 0"_s));
        QVERIFY(!complainsOf(u"joan differs"_s));
    }

    void letsWaitWhatMayWait()
    {
        m_scene->proxy->refuse();
        QVERIFY(m_scene->type(u"ada"_s, u"three"_s));
        QVERIFY(complainsOf(u"still waits there: \"three\""_s));
        QVERIFY(!complainsOf(u"three"_s, true));
    }
};

CONFAB_TEST_CLASS(tst_InvariantChecker)
#include "tst_InvariantChecker.moc"
