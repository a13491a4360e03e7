// SPDX-License-Identifier: MIT
#include "shared/text/CodePoints.h"
#include "shared/text/SearchFold.h"
#include "shared/text/TextGate.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace Qt::StringLiterals;

class tst_TextGate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void messageTextPassesUnchanged_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << u"hello"_s;
        QTest::newRow("lines and tabs") << u"a\r\n\tb\n"_s;
        QTest::newRow("spaces around") << u"  a  "_s;
        QTest::newRow("controls") << u"\u0001\u001b[31mred\u0085"_s;
        QTest::newRow("visible format character") << u"\u06DD"_s;
        QTest::newRow("byte order mark inside") << u"a\uFEFFb"_s;
        QTest::newRow("decomposed") << u"a\u0308"_s;
        QTest::newRow("joined emoji") << u"👩‍🚀🏳️‍🌈"_s;
        QTest::newRow("bidi") << u"Bob\u202Etxt"_s;
        QTest::newRow("at the limit") << QString(20, u'x');
    }
    void messageTextPassesUnchanged()
    {
        QFETCH(QString, text);
        const auto checked = checkMessageText(u"text"_s, text, 20);
        QVERIFY(checked);
        QCOMPARE(*checked, text);
    }

    void byteOrderMarksAtTheBeginningAreTakenOff()
    {
        QCOMPARE(checkMessageText(u"text"_s, u"\uFEFF\uFEFF a\uFEFF"_s, 20).value_or(QString()), u" a\uFEFF"_s);
        QVERIFY(!checkMessageText(u"text"_s, u"\uFEFF"_s, 20));
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("asName");
        QTest::addColumn<ErrorCode>("code");
        const auto invalid = ErrorCode::InvalidArgument;
        QTest::newRow("NUL in a message") << u"a"_s + QChar(u'\0') + u"b"_s << false << invalid;
        QTest::newRow("NUL at the end of a name") << u"ab"_s + QChar(u'\0') << true << invalid;
        QTest::newRow("high surrogate") << u"a"_s + QChar(0xD800) << false << invalid;
        QTest::newRow("low surrogate first") << QChar(0xDC00) + u"a"_s << false << invalid;
        QTest::newRow("swapped pair") << QString(QChar(0xDC00)) + QChar(0xD800) << false << invalid;
        QTest::newRow("surrogate in a name") << QChar(0xD800) + u"a"_s << true << invalid;
        QTest::newRow("non-character") << u"a"_s + QChar(0xFFFE) << false << invalid;
        QTest::newRow("non-character of plane 1") << u"a\U0001FFFF"_s << false << invalid;
        QTest::newRow("non-character in a block") << u"a"_s + QChar(0xFDD0) << false << invalid;
        QTest::newRow("empty") << QString() << false << invalid;
        QTest::newRow("blank") << u" \n\t"_s << false << invalid;
        QTest::newRow("invisible") << u"\u200B\u2060\u200D"_s << false << invalid;
        QTest::newRow("invisible name") << u"\u3164\u2800\u00A0"_s << true << invalid;
        QTest::newRow("line break in a name") << u"a\nb"_s << true << invalid;
        QTest::newRow("tab in a name") << u"a\tb"_s << true << invalid;
        QTest::newRow("line separator in a name") << u"a\u2028b"_s << true << invalid;
        QTest::newRow("escape in a name") << u"a\u001b[0m"_s << true << invalid;
        QTest::newRow("C1 in a name") << u"a\u0085b"_s << true << invalid;
        QTest::newRow("non-character in a name") << u"a"_s + QChar(0xFFFF) << true << invalid;
        QTest::newRow("long message") << QString(21, u'x') << false << ErrorCode::TooLarge;
        QTest::newRow("long name") << QString(21, u'x') << true << ErrorCode::TooLarge;
    }
    /// Case H1.
    void refuses()
    {
        QFETCH(QString, text);
        QFETCH(bool, asName);
        QFETCH(ErrorCode, code);
        const auto checked = asName ? checkName(u"title"_s, text, 20) : checkMessageText(u"text"_s, text, 20);
        QVERIFY(!checked);
        QCOMPARE(checked.error().code, code);
        QCOMPARE(checked.error().field, asName ? u"title"_s : u"text"_s);
        QVERIFY(!checked.error().message.isEmpty());
    }

    void lengthIsCountedInCodePoints()
    {
        const QString twenty = u"🎉"_s.repeated(20);
        QCOMPARE(twenty.size(), 40);
        QVERIFY(checkMessageText(u"text"_s, twenty, 20));
        QCOMPARE(checkMessageText(u"text"_s, twenty + u'x', 20).error().code, ErrorCode::TooLarge);
    }

    void namesAreTrimmed_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("kept");
        QTest::newRow("spaces") << u"  Ann Lee \n"_s << u"Ann Lee"_s;
        QTest::newRow("invisible ends") << u"\u200BAnn\u2060\u00A0"_s << u"Ann"_s;
        QTest::newRow("bidi override at the end goes") << u"Bob\u202E"_s << u"Bob"_s;
        QTest::newRow("variation selector stays") << u"Ann \u2764\uFE0F"_s << u"Ann \u2764\uFE0F"_s;
        QTest::newRow("inner spaces stay") << u"Ann  Lee"_s << u"Ann  Lee"_s;
        QTest::newRow("flag of tags stays") << u"🏴󠁧󠁢󠁳󠁣󠁴󠁿 "_s << u"🏴󠁧󠁢󠁳󠁣󠁴󠁿"_s;
    }
    void namesAreTrimmed()
    {
        QFETCH(QString, typed);
        QFETCH(QString, kept);
        QCOMPARE(checkName(u"displayName"_s, typed, 64).value_or(u"refused"_s), kept);
    }

    void trimmingComesBeforeCounting() { QVERIFY(checkName(u"title"_s, u"  "_s + QString(20, u'x') + u"  "_s, 20)); }

    void passwordIsTheSameInEachForm()
    {
        const auto composed = checkPassword(u"password"_s, u"pässwörd12"_s, 10, 256);
        const auto decomposed = checkPassword(u"password"_s, u"pa\u0308sswo\u0308rd12"_s, 10, 256);
        QVERIFY(composed);
        QCOMPARE(*composed, *decomposed);
    }

    void passwordLengthIsThatOfItsNormalForm()
    {
        QVERIFY(!checkPassword(u"password"_s, u"a\u0308"_s.repeated(9), 10, 256));
        QVERIFY(checkPassword(u"password"_s, u"a\u0308"_s.repeated(10), 10, 10));
        QCOMPARE(checkPassword(u"password"_s, QString(11, u'a'), 2, 10).error().code, ErrorCode::TooLarge);
        QCOMPARE(checkPassword(u"password"_s, QString(100'000, u'a'), 2, 10).error().code, ErrorCode::TooLarge);
    }

    void passwordMayBeSpacesButHoldsNoNul()
    {
        QVERIFY(checkPassword(u"password"_s, QString(10, u' '), 10, 256));
        QVERIFY(!checkPassword(u"password"_s, QString(10, u' ') + QChar(u'\0'), 10, 256));
    }

    void codePointsAreCountedOverPairs()
    {
        QCOMPARE(codePointCount(u"a🎉b"), 3);
        QCOMPARE(codePointCount(QString(QChar(0xD800))), 1);
        QCOMPARE(codePointCount(u""), 0);
    }

    void searchIgnoresCaseWidthAndDiacritics_data()
    {
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("other");
        QTest::newRow("case") << u"ANN"_s << u"ann"_s;
        QTest::newRow("accent") << u"José"_s << u"jose"_s;
        QTest::newRow("decomposed") << u"Jose\u0301"_s << u"José"_s;
        QTest::newRow("full width") << u"Ａｎｎ"_s << u"ann"_s;
        QTest::newRow("sharp s") << u"Straße"_s << u"STRASSE"_s;
        QTest::newRow("final sigma") << u"ΣΟΦΟΣ"_s << u"σοφος"_s;
        QTest::newRow("capital with a dot") << u"İve"_s << u"ive"_s;
        QTest::newRow("soft hyphen") << u"An\u00ADn"_s << u"ann"_s;
    }
    void searchIgnoresCaseWidthAndDiacritics()
    {
        QFETCH(QString, one);
        QFETCH(QString, other);
        QCOMPARE(foldForSearch(one), foldForSearch(other));
    }

    void searchKeepsVowelSigns() { QVERIFY(foldForSearch(u"कि"_s) != foldForSearch(u"कु"_s)); }

    void searchWordsAreSplitAtPunctuation()
    {
        QCOMPARE(searchWords(u" Jean-Luc  d’Été (Luc) 3½ "_s),
                 (QStringList{u"jean"_s, u"luc"_s, u"d"_s, u"ete"_s, u"31"_s, u"2"_s}));
        QCOMPARE(searchWords(u"王小明"_s), QStringList{u"王小明"_s});
        QVERIFY(searchWords(u" --- "_s).isEmpty());
    }
};

CONFAB_TEST_CLASS(tst_TextGate)
#include "tst_TextGate.moc"
