// SPDX-License-Identifier: MIT
#include "client-sdk/examples/terminal/Printable.h"
#include "tests/support/TestClass.h"

using namespace Qt::StringLiterals;

class tst_Printable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingOfOthersReachesTheTerminalAsACommand_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("safe");
        QTest::newRow("plain") << u"Grüße, 日本語"_s << u"Grüße, 日本語"_s;
        QTest::newRow("colour") << u"\x1b[31mred\x1b[0m"_s << u"[31mred[0m"_s;
        QTest::newRow("window title") << u"\x1b]0;owned\x07!"_s << u"]0;owned!"_s;
        QTest::newRow("C1 control") << u"a\u009b2Jb"_s << u"a2Jb"_s;
        QTest::newRow("carriage return") << u"harmless\rYou: send money"_s << u"harmlessYou: send money"_s;
        QTest::newRow("backspaces") << u"no\b\byes\x7f"_s << u"noyes"_s;
        QTest::newRow("direction override") << u"abc\u202egnp.exe"_s << u"abcgnp.exe"_s;
        QTest::newRow("isolates") << u"\u2066a\u2069"_s << u"a"_s;
        QTest::newRow("NUL") << u"a\0b"_s << u"ab"_s;
        QTest::newRow("joined emoji") << u"👩🏽‍🚀"_s << u"👩🏽‍🚀"_s;
        QTest::newRow("tab") << u"a\tb"_s << u"a    b"_s;
        QTest::newRow("lines") << u"one\ntwo\u2028three"_s << u"one\n  two\n  three"_s;
        QTest::newRow("lone surrogate") << QString(u'a') + QChar(0xd83d) + u'b' << u"a\ufffdb"_s;
        QTest::newRow("private use") << u"\ue0a0"_s << u"\ufffd"_s;
    }
    void nothingOfOthersReachesTheTerminalAsACommand()
    {
        QFETCH(QString, text);
        QFETCH(QString, safe);
        QCOMPARE(printable(text, 2), safe);
    }

    void everyControlCharacterIsTakenOut()
    {
        for (char16_t c = 0; c < 0xa0; ++c) {
            if (c >= 0x20 && c < 0x7f)
                continue;
            const QString result = printable(QString(u'a') + QChar(c) + u'b', 0);
            for (const QChar left : result)
                QVERIFY2(left == u'\n' || (left >= u' ' && left < QChar(0x7f)), qPrintable(QString::number(c, 16)));
        }
    }

    void marksAreBounded()
    {
        const QString pile = u'e' + QString(200, QChar(0x0301)) + u'x';
        QCOMPARE(printable(pile, 0), u'e' + QString(4, QChar(0x0301)) + u'x');
    }

    void oneLineIsCutBetweenCharacters()
    {
        QCOMPARE(printableLine(u" two\n words "_s, 40), u"two words"_s);
        QCOMPARE(printableLine(u"abcdef"_s, 6), u"abcdef"_s);
        QCOMPARE(printableLine(u"abcdef"_s, 3), u"abc…"_s);
        QCOMPARE(printableLine(u"👩🏽‍🚀👩🏽‍🚀👩🏽‍🚀"_s, 1), u"👩🏽‍🚀…"_s);
        QCOMPARE(printableLine({}, 3), QString());
    }
};

CONFAB_TEST_CLASS(tst_Printable)
#include "tst_Printable.moc"
