// SPDX-License-Identifier: MIT
#include "server/services/auth/PasswordHasher.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

class tst_PasswordHasher : public QObject
{
    Q_OBJECT

    BoundedPool m_pool{u"hash"_s, 2, 16};

private Q_SLOTS:
    void verifiesWhatItHashed()
    {
        PasswordHasher hasher(m_pool, {8192, 1});
        const auto hash = test::await(hasher.hash(u"pässwörd 🎉"_s));
        QVERIFY(hash);
        QVERIFY(hash->startsWith("$argon2id$"_L1));
        QVERIFY(test::await(hasher.verify(u"pässwörd 🎉"_s, *hash))->matches);
        QVERIFY(!test::await(hasher.verify(u"passwörd 🎉"_s, *hash))->matches);
        QVERIFY(!test::await(hasher.verify(QString(), *hash))->matches);
        QCOMPARE(hasher.hashCount(), 4);
    }

    void samePasswordHasAnotherHashEachTime()
    {
        PasswordHasher hasher(m_pool, {8192, 1});
        QVERIFY(test::await(hasher.hash(u"password"_s)).value() != test::await(hasher.hash(u"password"_s)).value());
    }

    void nobodyCostsAHashAndNeverMatches()
    {
        PasswordHasher hasher(m_pool, {8192, 1});
        const auto verdict = test::await(hasher.verifyNobody(u"password"_s));
        QVERIFY(verdict);
        QVERIFY(!verdict->matches);
        QCOMPARE(hasher.hashCount(), 1);
    }

    void garbageInTheStoreMatchesNothing()
    {
        PasswordHasher hasher(m_pool, {8192, 1});
        for (const QString &hash : {u""_s, u"x"_s, u"$argon2id$v=19$m=8,t=1,p=1$"_s, QString(500, u'a')})
            QVERIFY(!test::await(hasher.verify(u"password"_s, hash))->matches);
    }

    void outdatedMeansCheaperThanNow_data()
    {
        QTest::addColumn<int>("memory");
        QTest::addColumn<int>("passes");
        QTest::addColumn<bool>("outdated");
        QTest::newRow("same") << 16'384 << 2 << false;
        QTest::newRow("more memory now") << 32'768 << 2 << true;
        QTest::newRow("more passes now") << 16'384 << 3 << true;
        QTest::newRow("less memory now") << 8192 << 2 << false;
        QTest::newRow("fewer passes now") << 16'384 << 1 << false;
    }
    void outdatedMeansCheaperThanNow()
    {
        QFETCH(int, memory);
        QFETCH(int, passes);
        QFETCH(bool, outdated);
        PasswordHasher then(m_pool, {16'384, 2});
        const auto hash = test::await(then.hash(u"password"_s));
        PasswordHasher now(m_pool, {static_cast<size_t>(memory), static_cast<unsigned>(passes)});
        const auto verdict = test::await(now.verify(u"password"_s, *hash));
        QVERIFY(verdict->matches);
        QCOMPARE(verdict->outdated, outdated);
    }

    void costHasAFloor()
    {
        PasswordHasher hasher(m_pool, {0, 0});
        QVERIFY(test::await(hasher.hash(u"password"_s)));
    }
};

CONFAB_TEST_CLASS(tst_PasswordHasher)
#include "tst_PasswordHasher.moc"
