// SPDX-License-Identifier: MIT
#include "shared/text/Handle.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace Qt::StringLiterals;

class tst_Handle : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void normalises_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("stored");
        QTest::newRow("case") << u"Ann"_s << u"ann"_s;
        QTest::newRow("at sign and spaces") << u" @ann "_s << u"ann"_s;
        QTest::newRow("full width") << u"Ａｎｎ１"_s << u"ann1"_s;
        QTest::newRow("decomposed") << u"JO\u0308RG"_s << u"jörg"_s;
        QTest::newRow("composed") << u"Jörg"_s << u"jörg"_s;
        QTest::newRow("sharp s") << u"Weiß"_s << u"weiss"_s;
        QTest::newRow("Greek") << u"Σοφία"_s << u"σοφία"_s;
        QTest::newRow("Cyrillic") << u"Иван"_s << u"иван"_s;
        QTest::newRow("Devanagari with vowel signs") << u"हिन्दी"_s << u"हिन्दी"_s;
        QTest::newRow("Thai") << u"สมชาย"_s << u"สมชาย"_s;
        QTest::newRow("Han") << u"小明"_s << u"小明"_s;
        QTest::newRow("Japanese with Latin") << u"田中ken"_s << u"田中ken"_s;
        QTest::newRow("separators inside") << u"a.b-c_d"_s << u"a.b-c_d"_s;
        QTest::newRow("beyond the BMP") << u"𠮷野"_s << u"𠮷野"_s;
        QTest::newRow("mathematical letters") << u"𝒂𝒏𝒏"_s << u"ann"_s;
        QTest::newRow("digit first") << u"3po"_s << u"3po"_s;
    }
    /// Case H7.
    void normalises()
    {
        QFETCH(QString, typed);
        QFETCH(QString, stored);
        const auto handle = checkHandle(u"handle"_s, typed, 32);
        QVERIFY2(handle, handle ? "" : qPrintable(handle.error().message));
        QCOMPARE(handle->text, stored);
        QCOMPARE(normalisedHandle(typed), stored);
        QCOMPARE(normalisedHandle(stored), stored);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<ErrorCode>("code");
        const auto invalid = ErrorCode::InvalidArgument;
        QTest::newRow("empty") << QString() << invalid;
        QTest::newRow("one letter") << u"a"_s << invalid;
        QTest::newRow("only an at sign") << u"@"_s << invalid;
        QTest::newRow("long") << QString(33, u'a') << ErrorCode::TooLarge;
        QTest::newRow("very long") << QString(100'000, u'a') << ErrorCode::TooLarge;
        QTest::newRow("long once normalised") << QString(11, QChar(0xFDFA)) << ErrorCode::TooLarge;
        QTest::newRow("zero width space") << u"admin\u200B"_s << invalid;
        QTest::newRow("zero width joiner inside") << u"ad\u200Dmin"_s << invalid;
        QTest::newRow("soft hyphen") << u"ad\u00ADmin"_s << invalid;
        QTest::newRow("Hangul filler") << u"ann\u3164"_s << invalid;
        QTest::newRow("bidi override") << u"ann\u202E"_s << invalid;
        QTest::newRow("NUL") << u"ann"_s + QChar(u'\0') << invalid;
        QTest::newRow("lone surrogate") << u"ann"_s + QChar(0xD800) << invalid;
        QTest::newRow("space inside") << u"ann lee"_s << invalid;
        QTest::newRow("emoji") << u"ann🎉"_s << invalid;
        QTest::newRow("slash") << u"ann/lee"_s << invalid;
        QTest::newRow("second at sign") << u"@@ann"_s << invalid;
        QTest::newRow("separator first") << u"_ann"_s << invalid;
        QTest::newRow("mark first") << u"\u0308ann"_s << invalid;
        QTest::newRow("stacked diacritics") << u"a\u0335\u0336nn"_s << invalid;
        QTest::newRow("dot last") << u"ann."_s << invalid;
        QTest::newRow("hyphen last") << u"ann-"_s << invalid;
        QTest::newRow("Cyrillic a in Latin") << u"\u0430dmin"_s << invalid;
        QTest::newRow("Greek omicron in Latin") << u"b\u03BFb"_s << invalid;
        QTest::newRow("Cherokee in Latin") << u"ann\u13AA"_s << invalid;
    }
    void refuses()
    {
        QFETCH(QString, typed);
        QFETCH(ErrorCode, code);
        const auto handle = checkHandle(u"handle"_s, typed, 32);
        QVERIFY(!handle);
        QCOMPARE(handle.error().code, code);
        QCOMPARE(handle.error().field, u"handle"_s);
    }

    void lookAlikesHaveOneSkeleton_data()
    {
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("other");
        QTest::newRow("capital I for l") << u"engelgabriel"_s << u"engeIgabrieI"_s;
        QTest::newRow("one for l") << u"paul"_s << u"pau1"_s;
        QTest::newRow("zero for o") << u"bob"_s << u"b0b"_s;
        QTest::newRow("rn for m") << u"modern"_s << u"modem"_s;
        QTest::newRow("vv for w") << u"wim"_s << u"vvim"_s;
        QTest::newRow("all Cyrillic") << u"paco"_s << u"расо"_s;
        QTest::newRow("all Greek") << u"kavo"_s << u"καvο"_s.replace(u'v', QChar(0x03BD));
        QTest::newRow("Cherokee") << u"east"_s << u"ꭼꭺꮪꭲ"_s;
        QTest::newRow("Lisu") << u"lisa"_s << u"ꓡꓲꓢꓮ"_s;
        QTest::newRow("diacritics") << u"jose"_s << u"josé"_s;
        QTest::newRow("dotless i") << u"tim"_s << u"tım"_s;
        QTest::newRow("script g") << u"gigi"_s << u"ɡiɡi"_s;
        QTest::newRow("stroke") << u"lolo"_s << u"łøłø"_s;
        QTest::newRow("ligature") << u"aesop"_s << u"æsop"_s;
        QTest::newRow("separators") << u"ann_lee"_s << u"ann.-lee"_s;
        QTest::newRow("digits of another script") << u"1234"_s << u"१२३४"_s;
    }
    /// Case H6.
    void lookAlikesHaveOneSkeleton()
    {
        QFETCH(QString, one);
        QFETCH(QString, other);
        QVERIFY(normalisedHandle(one) != normalisedHandle(other));
        QCOMPARE(handleSkeleton(normalisedHandle(one)), handleSkeleton(normalisedHandle(other)));
    }

    void differentHandlesKeepDifferentSkeletons_data()
    {
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("other");
        QTest::newRow("letters") << u"ann"_s << u"anna"_s;
        QTest::newRow("numbers") << u"user10"_s << u"user11"_s;
        QTest::newRow("cl and d") << u"clark"_s << u"dark"_s;
        QTest::newRow("separator or none") << u"annlee"_s << u"ann_lee"_s;
        QTest::newRow("Cyrillic words") << u"иван"_s << u"вика"_s;
        QTest::newRow("Devanagari vowels") << u"कि"_s << u"कु"_s;
    }
    void differentHandlesKeepDifferentSkeletons()
    {
        QFETCH(QString, one);
        QFETCH(QString, other);
        QVERIFY(handleSkeleton(one) != handleSkeleton(other));
    }

    void reservedNames_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<bool>("reserved");
        QTest::newRow("admin") << u"Admin"_s << true;
        QTest::newRow("full width admin") << u"Ａdmin"_s << true;
        QTest::newRow("admin with one") << u"adm1n"_s << true;
        QTest::newRow("admin with dots") << u"a.d.m.i.n"_s << true;
        QTest::newRow("rn for m") << u"adrnin"_s << true;
        QTest::newRow("support with zero") << u"supp0rt"_s << true;
        QTest::newRow("root") << u"root"_s << true;
        QTest::newRow("everyone") << u"everyone"_s << true;
        QTest::newRow("all") << u"all"_s << true;
        QTest::newRow("me") << u"me"_s << true;
        QTest::newRow("null") << u"NULL"_s << true;
        QTest::newRow("Ali, whose name looks like all") << u"ali"_s << false;
        QTest::newRow("administration") << u"administration"_s << false;
        QTest::newRow("ann") << u"ann"_s << false;
    }
    void reservedNames()
    {
        QFETCH(QString, typed);
        QFETCH(bool, reserved);
        const auto handle = checkHandle(u"handle"_s, typed, 32);
        QVERIFY(handle);
        QCOMPARE(isReservedHandle(*handle), reserved);
    }
};

CONFAB_TEST_CLASS(tst_Handle)
#include "tst_Handle.moc"
