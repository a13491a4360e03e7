// SPDX-License-Identifier: MIT
#include "shared/text/Graphemes.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace Qt::StringLiterals;

class tst_Graphemes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clusterIsKeptWholeAtEveryCut_data()
    {
        QTest::addColumn<QString>("cluster");
        QTest::newRow("pair") << u"🎉"_s;
        QTest::newRow("family") << u"👩‍👩‍👧‍👦"_s;
        QTest::newRow("skin tone") << u"👩🏽‍🚀"_s;
        QTest::newRow("rainbow flag") << u"🏳️‍🌈"_s;
        QTest::newRow("eye in bubble") << u"👁️‍🗨️"_s;
        QTest::newRow("country") << u"🇺🇸"_s;
        QTest::newRow("keycap") << u"#️⃣"_s;
        QTest::newRow("flag of tags") << u"🏴󠁧󠁢󠁳󠁣󠁴󠁿"_s;
        QTest::newRow("combining") << u"e\u0301\u0323"_s;
        QTest::newRow("Hangul") << u"\u1112\u1161\u11ab"_s;
    }
    /// Cases H11, H12.
    void clusterIsKeptWholeAtEveryCut()
    {
        QFETCH(QString, cluster);
        const QString text = u"abc"_s + cluster + u"def"_s;
        for (qsizetype max = 0; max <= text.size(); ++max) {
            const QString cut = cutAtGrapheme(text, max);
            QVERIFY(cut.size() <= max);
            const bool inside = cut.size() > 3 && cut.size() < 3 + cluster.size();
            QVERIFY2(!inside, qPrintable(u"cut at %1 left %2"_s.arg(max).arg(cut.size())));
            const qsizetype expected = max <= 3 ? max : max < 3 + cluster.size() ? 3 : max;
            QCOMPARE(cut.size(), expected);
        }
    }

    void countriesStayInPairsFarIntoTheirRun()
    {
        const QString flags = u"🇺🇸"_s.repeated(200);
        for (const qsizetype max : {401, 402, 403})
            QCOMPARE(cutAtGrapheme(flags, max).size(), 400);
    }

    void joinedEmojiInARowAreCutBetween()
    {
        const QString family = u"👩‍👩‍👧‍👦"_s;
        QCOMPARE(cutAtGrapheme(family.repeated(100), family.size() * 60 + 3).size(), family.size() * 60);
    }

    void endlessClusterIsCutBetweenCodePoints()
    {
        const QString zalgo = u"a"_s + QString(5000, QChar(0x0335));
        QCOMPARE(cutAtGrapheme(zalgo, 100).size(), 100);
        const QString tones = u"🏽"_s.repeated(3000);
        QCOMPARE(cutAtGrapheme(tones, 101).size(), 100);
    }

    void shortTextIsReturnedAsItIs()
    {
        QCOMPARE(cutAtGrapheme(u"abc"_s, 3), u"abc"_s);
        QCOMPARE(cutAtGrapheme(u""_s, 3), u""_s);
        QCOMPARE(cutAtGrapheme(u"abc"_s, 0), u""_s);
        QCOMPARE(cutAtGrapheme(u"abc"_s, -1), u""_s);
    }

    void previewIsOneLine_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("line");
        QTest::newRow("lines") << u"\n one\r\n\r\ntwo\tthree \u2028four  "_s << u"one two three four"_s;
        QTest::newRow("cut") << QString(30, u'x') << QString(19, u'x') + u"…"_s;
        QTest::newRow("exact") << QString(20, u'x') << QString(20, u'x');
        QTest::newRow("cut behind a space") << QString(18, u'x') + u" yyyy"_s << QString(18, u'x') + u"…"_s;
        QTest::newRow("cut before a pair") << QString(18, u'x') + u"🎉🎉"_s << QString(18, u'x') + u"…"_s;
        QTest::newRow("blank") << u" \n "_s << u""_s;
        QTest::newRow("escape") << u"a\u001b[31mb"_s << u"a [31mb"_s;
    }
    void previewIsOneLine()
    {
        QFETCH(QString, text);
        QFETCH(QString, line);
        QCOMPARE(preview(text, 20), line);
    }

    void previewOfALongTextEndsInAnEllipsis()
    {
        const QString cut = preview(u"word "_s.repeated(100'000), 80);
        QCOMPARE(cut.size(), 80);
        QVERIFY(cut.endsWith(u"word…"_s));
    }
};

CONFAB_TEST_CLASS(tst_Graphemes)
#include "tst_Graphemes.moc"
