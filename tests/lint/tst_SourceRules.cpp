// SPDX-License-Identifier: MIT
#include "tests/lint/SourceRules.h"
#include "tests/lint/SourceText.h"
#include "tests/support/TestClass.h"

using namespace confab::lint;
using namespace Qt::StringLiterals;

namespace {

const QString kLicence = u"// SPDX-License-Identifier: MIT\n"_s;

QStringList rulesBrokenBy(const QString &path, const QString &source)
{
    QStringList rules;
    for (const Finding &finding : findingsIn(path, source))
        rules.append(finding.rule);
    return rules;
}

} // namespace

/// Shows of every rule that it finds what it is about and leaves alone what it is not.
class tst_SourceRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsAwaitsOfTemporaries_data()
    {
        QTest::addColumn<QString>("code");
        QTest::newRow("braced argument") << u"auto r = co_await send(Message{id, text});"_s;
        QTest::newRow("designated") << u"co_await send({.room = r, .body = b});"_s;
        QTest::newRow("over lines") << u"const auto r =\n    co_await send(\n        Message{\n id});"_s;
        QTest::newRow("lambda") << u"co_await run([x] { return x; });"_s;
        QTest::newRow("lambda second") << u"co_await run(pool, [x]() { return x; });"_s;
        QTest::newRow("conditional") << u"co_await send(c ? a : b);"_s;
        QTest::newRow("conditional around") << u"auto r = c ? co_await a() : co_await b();"_s;
        QTest::newRow("binding") << u"auto [a, b] = co_await both(x);"_s;
        QTest::newRow("const binding") << u"const auto &[a, b] = co_await both(x);"_s;
        QTest::newRow("braced beside") << u"use(Point{1, 2}, co_await at(x));"_s;
        QTest::newRow("in condition") << u"if (co_await has(Key{1})) { }"_s;
        QTest::newRow("in initialiser") << u"if (auto r = co_await has(Key{1}); r) { }"_s;
        QTest::newRow("returned") << u"co_return co_await f(Key{1});"_s;
        QTest::newRow("after a quote") << u"call('\"'); co_await f(Key{1});"_s;
        QTest::newRow("after a number") << u"int x = 1'000; co_await f(Key{1});"_s;
    }
    void findsAwaitsOfTemporaries()
    {
        QFETCH(QString, code);
        const QString source = kLicence + u"Task<int> f()\n{\n"_s + code + u"\n}\n"_s;
        QVERIFY(rulesBrokenBy(u"server/gateway/X.cpp"_s, source).contains(u"co_await"_s));
    }

    void leavesAwaitsOfNamedValues_data()
    {
        QTest::addColumn<QString>("code");
        QTest::newRow("plain") << u"Message m{id, text};\nauto r = co_await send(m);"_s;
        QTest::newRow("moved") << u"auto r = co_await send(std::move(m), 7, name);"_s;
        QTest::newRow("subscript") << u"co_await send(list[0], m_x[i]);"_s;
        QTest::newRow("condition") << u"if (!co_await has(key)) { use(Key{1}); }"_s;
        QTest::newRow("condition, statement") << u"if (co_await has(key))\n    co_return Key{1};"_s;
        QTest::newRow("initialiser") << u"if (auto r = co_await has(key); !r) { co_return a ? b : c; }"_s;
        QTest::newRow("after a block") << u"if (x) { y(); }\nco_await send(m);"_s;
        QTest::newRow("after a braced value") << u"auto k = Key{1};\nco_await send(k);"_s;
        QTest::newRow("comment") << u"// co_await f(Key{1});"_s;
        QTest::newRow("string") << u"log(\"co_await f(Key{1})\");"_s;
        QTest::newRow("raw string") << u"log(R\"x(co_await f(\"Key{1})\")x\");"_s;
        QTest::newRow("template") << u"auto r = co_await call<Send>(m);"_s;
    }
    void leavesAwaitsOfNamedValues()
    {
        QFETCH(QString, code);
        const QString source = kLicence + u"Task<int> f()\n{\n"_s + code + u"\n}\n"_s;
        QCOMPARE(rulesBrokenBy(u"server/gateway/X.cpp"_s, source), QStringList());
    }

    void findsIncludesAcrossLayers_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("include");
        QTest::addColumn<bool>("broken");
        QTest::newRow("server to sdk") << u"server/app/X.cpp"_s << u"\"client-sdk/src/Y.h\""_s << true;
        QTest::newRow("server to sdk, public") << u"server/app/X.cpp"_s << u"<Confab/Client.h>"_s << true;
        QTest::newRow("sdk to server") << u"client-sdk/src/X.h"_s << u"\"server/runtime/Y.h\""_s << true;
        QTest::newRow("shared to server") << u"shared/text/X.h"_s << u"\"server/runtime/Y.h\""_s << true;
        QTest::newRow("shared to sdk") << u"shared/text/X.h"_s << u"<Confab/Client.h>"_s << true;
        QTest::newRow("service to gateway") << u"server/services/auth/X.h"_s << u"\"server/gateway/Y.h\""_s << true;
        QTest::newRow("backend to service") << u"server/backends/bus/X.h"_s << u"\"server/services/Y.h\""_s << true;
        QTest::newRow("service to implementation")
            << u"server/services/auth/X.h"_s << u"\"server/backends/database/sqlite/Y.h\""_s << true;
        QTest::newRow("runtime to backend") << u"server/runtime/X.h"_s << u"\"server/backends/Y.h\""_s << true;
        QTest::newRow("app to server") << u"apps/confab/X.cpp"_s << u"\"server/app/Y.h\""_s << true;
        QTest::newRow("spaced") << u"shared/text/X.h"_s << u"  \"server/runtime/Y.h\""_s << true;
        QTest::newRow("service to backend") << u"server/services/auth/X.h"_s << u"\"server/backends/Y.h\""_s << false;
        QTest::newRow("gateway to service") << u"server/gateway/X.h"_s << u"\"server/services/Y.h\""_s << false;
        QTest::newRow("sdk to shared") << u"client-sdk/src/X.h"_s << u"\"shared/core/Id.h\""_s << false;
        QTest::newRow("test to all") << u"tests/system/X.cpp"_s << u"\"server/app/Y.h\""_s << false;
    }
    void findsIncludesAcrossLayers()
    {
        QFETCH(QString, path);
        QFETCH(QString, include);
        QFETCH(bool, broken);
        const QStringList found = rulesBrokenBy(path, kLicence + u"#include "_s + include + u"\n"_s);
        QCOMPARE(found, broken ? QStringList{u"layers"_s} : QStringList());
    }

    void findsSleepsAndSkipsInTests_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("rule");
        QTest::newRow("qWait") << u"tests/unit/tst_X.cpp"_s << u"QTest::qWait(50);"_s << u"sleep"_s;
        QTest::newRow("qSleep") << u"tests/unit/tst_X.cpp"_s << u"QTest::qSleep(50);"_s << u"sleep"_s;
        QTest::newRow("msleep") << u"tests/unit/tst_X.cpp"_s << u"QThread::msleep(50);"_s << u"sleep"_s;
        QTest::newRow("sleep_for") << u"tests/unit/tst_X.cpp"_s << u"std::this_thread::sleep_for(1s);"_s << u"sleep"_s;
        QTest::newRow("QML wait") << u"tests/qml/tst_X.qml"_s << u"function test_x() { wait(50) }"_s << u"sleep"_s;
        QTest::newRow("QSKIP") << u"tests/unit/tst_X.cpp"_s << u"QSKIP(\"no server\");"_s << u"skip"_s;
        QTest::newRow("QML skip") << u"tests/qml/tst_X.qml"_s << u"function test_x() { skip(\"x\") }"_s << u"skip"_s;
        QTest::newRow("node skip") << u"tests/interop/x.mjs"_s << u"test.skip('x', () => 1);"_s << u"skip"_s;
        QTest::newRow("QTRY") << u"tests/unit/tst_X.cpp"_s << u"QTRY_COMPARE(spy.count(), 1);"_s << QString();
        QTest::newRow("spy") << u"tests/unit/tst_X.cpp"_s << u"QVERIFY(spy.wait());"_s << QString();
        QTest::newRow("QML spy") << u"tests/qml/tst_X.qml"_s << u"Item { x: spy.wait(50) }"_s << QString();
        QTest::newRow("QML turn") << u"tests/qml/tst_X.qml"_s << u"function test_x() { wait(0) }"_s << QString();
        QTest::newRow("no test") << u"server/runtime/X.cpp"_s << u"usleep(5);"_s << QString();
    }
    void findsSleepsAndSkipsInTests()
    {
        QFETCH(QString, path);
        QFETCH(QString, code);
        QFETCH(QString, rule);
        QCOMPARE(rulesBrokenBy(path, kLicence + code + u"\n"_s), rule.isEmpty() ? QStringList() : QStringList{rule});
    }

    void findsMissingLicence()
    {
        QCOMPARE(rulesBrokenBy(u"shared/X.cpp"_s, u"#include <x>\n"_s), QStringList{u"licence"_s});
        QCOMPARE(rulesBrokenBy(u"shared/X.qml"_s, u"\n// SPDX-License-Identifier: MIT\n"_s), QStringList{u"licence"_s});
        QCOMPARE(rulesBrokenBy(u"dev"_s, u"#!/bin/sh\n# SPDX-License-Identifier: MIT\n"_s), QStringList());
        QCOMPARE(rulesBrokenBy(u"docs/x.md"_s, u"text\n"_s), QStringList());
    }

    void findsLongFiles()
    {
        QCOMPARE(rulesBrokenBy(u"shared/X.cpp"_s, kLicence + u"\n"_s.repeated(600)), QStringList{u"length"_s});
        QCOMPARE(rulesBrokenBy(u"shared/X.cpp"_s, kLicence + u"\n"_s.repeated(599)), QStringList());
    }

    void findsUnnumberedTodos()
    {
        // In two parts, or this file would break the rule.
        const QString todo = u"// TO"_s + u"DO"_s;
        const QString fixme = u"// FIX"_s + u"ME"_s;
        QCOMPARE(rulesBrokenBy(u"shared/X.cpp"_s, kLicence + todo + u" later\n"_s), QStringList{u"todo"_s});
        QCOMPARE(rulesBrokenBy(u"shared/X.cpp"_s, kLicence + fixme + u"\n"_s), QStringList{u"todo"_s});
        QCOMPARE(rulesBrokenBy(u"shared/X.cpp"_s, kLicence + todo + u" #12: later\n"_s), QStringList());
        QCOMPARE(rulesBrokenBy(u"shared/X.cpp"_s, kLicence + todo + u"(#12) later\n"_s), QStringList());
    }

    void findsRegistrationByHand()
    {
        QCOMPARE(rulesBrokenBy(u"qml/X.cpp"_s, kLicence + u"qmlRegisterType<X>(\"a\", 1, 0, \"X\");\n"_s),
                 QStringList{u"registration"_s});
    }

    void findsThreadsThatNoRaceIsSeenIn()
    {
        QCOMPARE(rulesBrokenBy(u"server/X.cpp"_s, kLicence + u"auto *t = QThread::create([] { });\n"_s),
                 QStringList{u"thread"_s});
    }

    void namesTheLine()
    {
        const auto findings = findingsIn(u"server/X.cpp"_s, kLicence + u"\n\nauto r = co_await f(A{});\n"_s);
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings.first().line, 4);
    }

    void keepsLengthAndLinesOfSource()
    {
        const QString source = u"a /* b\n c */ \"d\\\"e\" 'f' // g\nh"_s;
        QCOMPARE(codeOnly(source), u"a     \n      \"    \" ' '     \nh"_s);
    }
};

CONFAB_TEST_CLASS(tst_SourceRules)
#include "tst_SourceRules.moc"
