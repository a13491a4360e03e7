// SPDX-License-Identifier: MIT
#include "qml/text/Dates.h"
#include "tests/support/TestClass.h"

using namespace Qt::StringLiterals;
using confab::app::dayLabelIn;
using confab::app::endingIn;
using confab::app::endOfWeekIn;
using confab::app::lastSeenIn;
using confab::app::listTimeIn;

/// Runs a scope in another time zone of the system.
class ZoneGuard
{
public:
    explicit ZoneGuard(const QByteArray &zone) : m_before(qgetenv("TZ")), m_wasSet(qEnvironmentVariableIsSet("TZ"))
    {
        qputenv("TZ", zone);
        tzset();
    }
    ~ZoneGuard()
    {
        if (m_wasSet)
            qputenv("TZ", m_before);
        else
            qunsetenv("TZ");
        tzset();
    }
    ZoneGuard(const ZoneGuard &) = delete;
    ZoneGuard &operator=(const ZoneGuard &) = delete;

private:
    QByteArray m_before;
    bool m_wasSet;
};

class tst_Dates : public QObject
{
    Q_OBJECT

    const QLocale m_english{QLocale::English, QLocale::UnitedKingdom};
    const QDate m_today{2026, 11, 25}; // a Wednesday

    QDateTime at(int year, int month, int day, int hour, int minute) const
    {
        return QDateTime(QDate(year, month, day), QTime(hour, minute));
    }

private Q_SLOTS:
    void listSaysTimeThenDayThenDate()
    {
        QCOMPARE(listTimeIn(m_english, at(2026, 11, 25, 9, 5), m_today), u"09:05"_s);
        QCOMPARE(listTimeIn(m_english, at(2026, 11, 24, 23, 59), m_today), u"Yesterday"_s);
        QCOMPARE(listTimeIn(m_english, at(2026, 11, 23, 9, 5), m_today), u"Mon"_s);
        QCOMPARE(listTimeIn(m_english, at(2026, 11, 18, 9, 5), m_today), u"18/11/2026"_s);
        QCOMPARE(listTimeIn(m_english, {}, m_today), QString());
    }

    void timesFollowTheLocaleWithoutSeconds()
    {
        const QDateTime afternoon = at(2026, 11, 25, 14, 5);
        QVERIFY(listTimeIn(QLocale(QLocale::English, QLocale::UnitedStates), afternoon, m_today).startsWith(u"2:05"_s));
        QCOMPARE(listTimeIn(QLocale(QLocale::German, QLocale::Germany), afternoon, m_today), u"14:05"_s);
        QCOMPARE(listTimeIn(QLocale::c(), afternoon, m_today), u"14:05"_s);
    }

    void separatorsNameTheDay()
    {
        QCOMPARE(dayLabelIn(m_english, at(2026, 11, 25, 0, 1), m_today), u"Today"_s);
        QCOMPARE(dayLabelIn(m_english, at(2026, 11, 24, 12, 0), m_today), u"Yesterday"_s);
        QCOMPARE(dayLabelIn(m_english, at(2026, 11, 23, 12, 0), m_today), u"Monday, 23 November"_s);
        QVERIFY(dayLabelIn(m_english, at(2025, 3, 3, 12, 0), m_today).contains(u"2025"_s));
        const QLocale american(QLocale::English, QLocale::UnitedStates);
        QCOMPARE(dayLabelIn(american, at(2026, 11, 23, 12, 0), m_today), u"Monday, November 23"_s);
    }

    void lastSeenIsVaguerTheLongerAgo()
    {
        const QDateTime now = at(2026, 11, 25, 15, 30);
        const auto seen = [&](const QDateTime &time) { return lastSeenIn(m_english, time, now); };
        QCOMPARE(seen(now.addSecs(-59)), u"Last seen just now"_s);
        QCOMPARE(seen(now.addSecs(90)), u"Last seen just now"_s);         // clocks differ
        QCOMPARE(seen(now.addSecs(-60)), u"Last seen 1 minute(s) ago"_s); // plurals are the translation's
        QCOMPARE(seen(now.addSecs(-59 * 60)), u"Last seen 59 minute(s) ago"_s);
        QCOMPARE(seen(at(2026, 11, 25, 14, 2)), u"Last seen today at 14:02"_s);
        QCOMPARE(seen(at(2026, 11, 24, 14, 2)), u"Last seen yesterday at 14:02"_s);
        QCOMPARE(seen(at(2026, 5, 3, 14, 2)), u"Last seen on 3 May"_s);
        QCOMPARE(seen(at(2024, 5, 3, 14, 2)), u"Last seen on 03/05/2024"_s);
        QCOMPARE(seen({}), QString());
        // Just before midnight, seen just after it.
        QCOMPARE(lastSeenIn(m_english, at(2026, 11, 24, 23, 50), at(2026, 11, 25, 0, 10)),
                 u"Last seen 20 minute(s) ago"_s);
    }

    void anEndIsSaidAsPeopleSayIt()
    {
        const QDateTime now = at(2026, 11, 25, 15, 0);
        const auto until = [&](const QDateTime &time) { return endingIn(m_english, time, now); };
        QCOMPARE(until(at(2026, 11, 25, 15, 30)), u"Until 15:30"_s);
        QCOMPARE(until(QDate(2026, 11, 26).startOfDay()), u"Until the end of today"_s);
        QCOMPARE(until(at(2026, 11, 26, 9, 0)), u"Until tomorrow at 09:00"_s);
        QCOMPARE(until(QDate(2026, 11, 30).startOfDay()), u"Until the end of Sunday"_s);
        QCOMPARE(until(at(2026, 11, 28, 9, 0)), u"Until Saturday at 09:00"_s);
        QCOMPARE(until(QDate(2026, 12, 24).startOfDay()), u"Until the end of 23/12/2026"_s);
        QCOMPARE(until({}), QString());
    }

    void weeksEndWhereTheLocaleBeginsThem()
    {
        const QLocale american(QLocale::English, QLocale::UnitedStates); // whose weeks begin with Sunday
        QCOMPARE(endOfWeekIn(m_english, at(2026, 11, 25, 15, 0)), QDate(2026, 11, 30).startOfDay());
        QCOMPARE(endOfWeekIn(american, at(2026, 11, 25, 15, 0)), QDate(2026, 11, 29).startOfDay());
        QCOMPARE(endOfWeekIn(m_english, at(2026, 11, 30, 0, 0)), QDate(2026, 12, 7).startOfDay());
        QCOMPARE(endOfWeekIn(american, at(2026, 11, 28, 23, 59)), QDate(2026, 11, 29).startOfDay());
    }

    void daysAreLocalOnes_data()
    {
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QDateTime>("time");
        QTest::addColumn<QString>("label");
        const auto utc = [](int day, int hour, int minute) {
            return QDateTime(QDate(2026, 11, day), QTime(hour, minute), Qt::UTC);
        };
        QTest::newRow("Tokyo, before midnight") << QByteArray("Asia/Tokyo") << utc(24, 14, 59) << u"Yesterday"_s;
        QTest::newRow("Tokyo, after midnight") << QByteArray("Asia/Tokyo") << utc(24, 15, 1) << u"Today"_s;
        QTest::newRow("St John's, before") << QByteArray("America/St_Johns") << utc(25, 3, 29) << u"Yesterday"_s;
        QTest::newRow("St John's, after") << QByteArray("America/St_Johns") << utc(25, 3, 31) << u"Today"_s;
    }

    void daysAreLocalOnes()
    {
        QFETCH(QByteArray, zone);
        QFETCH(QDateTime, time);
        QFETCH(QString, label);
        const ZoneGuard guard(zone);
        QCOMPARE(dayLabelIn(m_english, time, m_today), label);
    }
};

CONFAB_TEST_CLASS(tst_Dates)
#include "tst_Dates.moc"
