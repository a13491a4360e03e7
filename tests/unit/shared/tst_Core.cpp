// SPDX-License-Identifier: MIT
#include "shared/core/Clock.h"
#include "shared/core/Error.h"
#include "shared/core/Id.h"
#include "shared/core/Result.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace Qt::StringLiterals;

class tst_Core : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wireNamesOfErrorsGoBothWays()
    {
        for (int i = 1; i <= static_cast<int>(ErrorCode::Internal); ++i) {
            const auto code = static_cast<ErrorCode>(i);
            QCOMPARE(errorCodeFromWireName(QString(errorTraits(code).wireName)), code);
        }
        QCOMPARE(errorCodeFromWireName(u"someNewerCode"), ErrorCode::Unknown);
    }

    void everyHttpStatusOfTheTableComesBackAsItsCode()
    {
        QCOMPARE(errorCodeFromHttpStatus(400), ErrorCode::InvalidArgument);
        QCOMPARE(errorCodeFromHttpStatus(401), ErrorCode::Unauthenticated);
        QCOMPARE(errorCodeFromHttpStatus(502), ErrorCode::Unavailable);
        QCOMPARE(errorCodeFromHttpStatus(418), ErrorCode::InvalidArgument);
        QCOMPARE(errorCodeFromHttpStatus(500), ErrorCode::Internal);
    }

    void resultHoldsEitherValueOrError()
    {
        const Result<QString> good(u"x"_s);
        QVERIFY(good.has_value());
        QCOMPARE(*good, u"x"_s);
        const Result<QString> bad(Error::invalid(u"text"_s, u"too long"_s));
        QVERIFY(!bad);
        QCOMPARE(bad.error().field, u"text"_s);
        QCOMPARE(bad.value_or(u"y"_s), u"y"_s);
    }

    void generatedIdsAreVersion7AndSortByTime()
    {
        ManualClock clock(1'700'000'000'123);
        const IdGenerator ids(clock);
        const auto first = ids.make<UserId>();
        clock.advance(1);
        const auto second = ids.make<UserId>();
        QVERIFY(first < second);
        const QString text = first.toString();
        QCOMPARE(text.at(14), u'7');
        QVERIFY(u"89ab"_s.contains(text.at(19)));
        QCOMPARE(text.left(8) + text.mid(9, 4), QString::number(1'700'000'000'123, 16).rightJustified(12, u'0'));
        QCOMPARE(*UserId::fromString(text.toUpper()), first);
    }

    void refusesWhatIsNoId_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << u""_s;
        QTest::newRow("braces") << u"{018bcfe5-687b-7abc-8abc-0123456789ab}"_s;
        QTest::newRow("nil") << u"00000000-0000-0000-0000-000000000000"_s;
        QTest::newRow("letter g") << u"g18bcfe5-687b-7abc-8abc-0123456789ab"_s;
        QTest::newRow("dash moved") << u"018bcfe-5687b-7abc-8abc-0123456789ab"_s;
    }
    void refusesWhatIsNoId()
    {
        QFETCH(QString, text);
        QVERIFY(!UserId::fromString(text));
    }
};

CONFAB_TEST_CLASS(tst_Core)
#include "tst_Core.moc"
