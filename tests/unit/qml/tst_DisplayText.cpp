// SPDX-License-Identifier: MIT
#include "qml/text/DisplayText.h"
#include "qml/text/Graphemes.h"
#include "tests/support/TestClass.h"

using namespace Qt::StringLiterals;
using namespace confab::app;

namespace {

const QString kAstronaut = u"\U0001F469\U0001F3FD\u200D\U0001F680"_s;
const QString kRainbowFlag = u"\U0001F3F3\uFE0F\u200D\U0001F308"_s;
const QString kEyeInBubble = u"\U0001F441\uFE0F\u200D\U0001F5E8\uFE0F"_s;
const QString kFlag = u"\U0001F1FA\U0001F1F8"_s;
const QString kKeycap = u"#\uFE0F\u20E3"_s;
const QString kFamily = u"\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"_s;

} // namespace

class tst_DisplayText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void graphemesStayWhole_data()
    {
        QTest::addColumn<QString>("cluster");
        QTest::newRow("letter") << u"a"_s;
        QTest::newRow("accented") << u"e\u0301"_s;
        QTest::newRow("emoji") << u"\U0001F389"_s;
        QTest::newRow("joined") << kAstronaut;
        QTest::newRow("rainbow flag") << kRainbowFlag;
        QTest::newRow("eye in bubble") << kEyeInBubble;
        QTest::newRow("flag") << kFlag;
        QTest::newRow("keycap") << kKeycap;
        QTest::newRow("family") << kFamily;
        QTest::newRow("Hangul letters") << u"\u1112\u1161\u11AB"_s;
        QTest::newRow("Devanagari vowel") << u"\u0928\u093F"_s;
        QTest::newRow("tag flag") << u"\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F"_s;
    }

    void graphemesStayWhole()
    {
        QFETCH(QString, cluster);
        QCOMPARE(graphemeEnd(cluster, 0), cluster.size());
        const QString text = u"x"_s + cluster + u"y"_s;
        QCOMPARE(graphemeEnd(text, 1), 1 + cluster.size());
    }

    void graphemesAreBoundedByMalformedText()
    {
        const QString lone = QString(QChar(0xD83C)) + u"a"_s;
        QCOMPARE(graphemeEnd(lone, 0), 1);
        QCOMPARE(graphemeEnd(u"\r\n", 0), 2);
    }

    /// Case H5.
    void nameKeepsItsDirectionToItself()
    {
        const QString name = DisplayText::name(u"Bob\u202E"_s);
        QCOMPARE(name, u"\u2068Bob\u2069"_s);
        QCOMPARE(DisplayText::name(u"x\u2066"_s), u"\u2068x\u2069"_s);
        QCOMPARE(DisplayText::name(u"a\u2069b"_s), u"\u2068ab\u2069"_s);
        QCOMPARE(DisplayText::name(u"two\nlines"_s), u"\u2068two lines\u2069"_s);
        QCOMPARE(DisplayText::name(QString()), QString());
    }

    /// Case H8.
    void marksAreBounded()
    {
        const QString zalgo = u"a"_s + QString(5000, QChar(0x0301)) + u"b"_s;
        QCOMPARE(boundedMarks(zalgo), u"a"_s + QString(8, QChar(0x0301)) + u"b"_s);
        QVERIFY(DisplayText::name(zalgo).size() < 16);
        QVERIFY(DisplayText::preview(zalgo).size() < 16);
        QVERIFY(DisplayText::body(zalgo).size() < 16);
        const QString thai = u"ที่นี่"_s;
        QCOMPARE(boundedMarks(thai), thai);
    }

    void bodyClosesDirections()
    {
        QCOMPARE(DisplayText::body(u"a\u202Eb\nc"_s), u"a\u202Eb\u202C\nc"_s);
        QCOMPARE(DisplayText::body(u"\u2067x"_s), u"\u2067x\u2069"_s);
        QCOMPARE(DisplayText::body(u"plain"_s), u"plain"_s);
    }

    void markupIsShownLiterally_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("image") << u"<img src=\"http://127.0.0.1:9/x\">"_s;
        QTest::newRow("bold") << u"<b>x</b>"_s;
        QTest::newRow("link") << u"<a href=file:///etc>x</a>"_s;
        QTest::newRow("entity") << u"&lt; & <3"_s;
    }

    /// Case H13.
    void markupIsShownLiterally()
    {
        QFETCH(QString, text);
        QVERIFY(!DisplayText::needsRichText(text));
        QCOMPARE(DisplayText::body(text), text);
        // Beside an emoji that needs markup of our own, everything else is escaped.
        const QString mixed = text + kKeycap;
        QVERIFY(DisplayText::needsRichText(mixed));
        const QString shown = DisplayText::body(mixed);
        QVERIFY(shown.contains(text.toHtmlEscaped()));
        QVERIFY(!shown.contains(u"<img"_s) && !shown.contains(u"<b>"_s) && !shown.contains(u"<a "_s));
    }

    /// Case H11.
    void joinedEmojiLosesVariationSelectors()
    {
        QCOMPARE(joinedEmoji(kRainbowFlag), u"\U0001F3F3\u200D\U0001F308"_s);
        QCOMPARE(joinedEmoji(kEyeInBubble), u"\U0001F441\u200D\U0001F5E8"_s);
        QCOMPARE(joinedEmoji(u"\u2764\uFE0F"_s), u"\u2764\uFE0F"_s);
        QCOMPARE(joinedEmoji(kAstronaut), kAstronaut);
    }

    void keycapsGetTheEmojiFont()
    {
        const QString shown = DisplayText::body(u"1 "_s + kKeycap + u"\n2"_s);
        QVERIFY(shown.contains(u"<span style=\"font-family:'Noto Color Emoji'\">#\u20E3</span>"_s));
        QVERIFY(shown.contains(u"<br/>"_s));
        QVERIFY(DisplayText::needsRichText(u"\u2764\uFE0F\u200D\U0001F525"_s));
        QVERIFY(!DisplayText::needsRichText(kAstronaut));
        QVERIFY(!DisplayText::needsRichText(u"#1 and 2*3"_s));
    }

    /// Case H12.
    void previewsAreOneLineCutBetweenCharacters()
    {
        QCOMPARE(DisplayText::preview(u"a\n\n b"_s), u"a b"_s);
        const QString text = u"ab"_s + kFamily + u"cd"_s;
        QCOMPARE(DisplayText::preview(text, 2), u"ab…"_s);
        QCOMPARE(DisplayText::preview(text, 3), u"ab"_s + kFamily + u"…"_s);
        QCOMPARE(DisplayText::preview(text, 5), text);
        QVERIFY(DisplayText::preview(QString(64000, u'x')).size() <= 141);
    }

    /// Case H10.
    void longTextsAreCollapsed()
    {
        QVERIFY(!DisplayText::isLong(u"short"_s));
        QVERIFY(!DisplayText::isLong(QString(1250, u'x')));
        QVERIFY(DisplayText::isLong(QString(64000, u'x')));
        QVERIFY(DisplayText::isLong(u"line\n"_s.repeated(5000)));
        QVERIFY(DisplayText::excerpt(QString(30000, u'x')).size() <= 1201);
        QVERIFY(DisplayText::excerpt(u"line\n"_s.repeated(5000)).count(u'\n') <= 18);
        const QString families = kFamily.repeated(3000);
        QString excerpt = DisplayText::excerpt(families);
        excerpt.chop(1);
        QCOMPARE(excerpt.size() % kFamily.size(), 0);
    }

    void initialsAreWholeCharacters_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("initials");
        QTest::newRow("two words") << u"Grace Hopper"_s << u"GH"_s;
        QTest::newRow("three words") << u"Ada King Lovelace"_s << u"AL"_s;
        QTest::newRow("one word") << u"ada"_s << u"A"_s;
        QTest::newRow("Cyrillic") << u"Ольга Гранина"_s << u"ОГ"_s;
        QTest::newRow("Japanese") << u"田中 ゆき"_s << u"田"_s;
        QTest::newRow("Arabic") << u"ليلى حداد"_s << u"ل"_s;
        QTest::newRow("picture beside words") << u"The lake \U0001F3D5"_s << u"TL"_s;
        QTest::newRow("only a picture") << kAstronaut << kAstronaut;
        QTest::newRow("none") << QString() << QString();
        QTest::newRow("overridden") << u"\u202Ebob"_s << u"B"_s;
    }

    void initialsAreWholeCharacters()
    {
        QFETCH(QString, name);
        QFETCH(QString, initials);
        QCOMPARE(DisplayText::initials(name), initials);
    }

    void emojiAloneAreKnown()
    {
        for (const QString &text : {kAstronaut, kRainbowFlag, kEyeInBubble, kFlag, kKeycap, u"\U0001F44F"_s})
            QVERIFY2(DisplayText::isEmojiOnly(text), qPrintable(text));
        for (const QString &text : {u"hi \U0001F44F"_s, u"12"_s, u"#"_s, QString(), u"\u00A9"_s})
            QVERIFY2(!DisplayText::isEmojiOnly(text), qPrintable(text));
        QVERIFY(!DisplayText::isEmojiOnly(kFlag.repeated(4)));
    }

    void typingNamesPeople()
    {
        QCOMPARE(DisplayText::typing({}), QString());
        QCOMPARE(DisplayText::typing({u"Grace"_s}), u"\u2068Grace\u2069 is typing…"_s);
        QCOMPARE(DisplayText::typing({QString()}), u"Somebody is typing…"_s);
        QCOMPARE(DisplayText::typing({u"%2"_s, u"ليلى"_s}), u"\u2068%2\u2069 and \u2068ليلى\u2069 are typing…"_s);
        QCOMPARE(DisplayText::typing({u"a"_s, u"b"_s, u"c"_s}), u"3 people are typing…"_s);
    }
};

CONFAB_TEST_CLASS(tst_DisplayText)
#include "tst_DisplayText.moc"
