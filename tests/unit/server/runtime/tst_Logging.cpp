// SPDX-License-Identifier: MIT
#include "server/runtime/Log.h"
#include "server/runtime/LogFormat.h"
#include "server/runtime/Logging.h"
#include "shared/core/FunctionThread.h"
#include "tests/support/TestClass.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryFile>
#include <QtCore/QThread>

#include <memory>
#include <vector>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 kTime = 1'795'581'000'123; // 2026-11-25T04:30:00.123Z

QByteArray written(QTemporaryFile &file)
{
    file.seek(0);
    return file.readAll();
}

/// Puts back the test framework's message handler and levels after a test that installed Logging.
struct KeepHandler
{
    QtMessageHandler handler = qInstallMessageHandler(nullptr);
    KeepHandler() = default;
    ~KeepHandler()
    {
        QLoggingCategory::installFilter(nullptr);
        qInstallMessageHandler(handler);
    }
    Q_DISABLE_COPY_MOVE(KeepHandler)
};
} // namespace

class tst_Logging : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textLineHasTimeLevelAndCategory()
    {
        QCOMPARE(formatLogLine(LogFormat::Text, kTime, QtWarningMsg, u"gateway"_s, u"slow é"_s),
                 "2026-11-25T04:30:00.123Z warning gateway: slow é\n"_ba);
        QCOMPARE(formatLogLine(LogFormat::Text, kTime, QtCriticalMsg, u"bus"_s, u"x"_s),
                 "2026-11-25T04:30:00.123Z error bus: x\n"_ba);
    }

    void nobodyCanForgeALine()
    {
        const QString hostile =
            u"a\r\n2026-11-25T04:30:00.123Z error auth: \x1b[31m\\\u2028\u202e\u0085"_s + QChar(0) + QChar(0xd800);
        for (const LogFormat format : {LogFormat::Text, LogFormat::Json}) {
            const QByteArray line = formatLogLine(format, kTime, QtInfoMsg, u"x\ny"_s, hostile);
            QCOMPARE(line.count('\n'), 1);
            QVERIFY(line.endsWith('\n'));
            const QString shown = QString::fromUtf8(line.chopped(1));
            for (const QChar unit : shown)
                QVERIFY(unit.isPrint() && !unit.isSurrogate());
        }
        QVERIFY(formatLogLine(LogFormat::Text, kTime, QtInfoMsg, u"x"_s, u"a\nb\\n"_s).endsWith("x: a\\nb\\\\n\n"));
    }

    void jsonLineReadsBackAsItWas()
    {
        const QString message = u"say \"hi\" \\ \n\t\u0001\u2028 😀 é"_s;
        const QByteArray line = formatLogLine(LogFormat::Json, kTime, QtDebugMsg, u"auth"_s, message);
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        QCOMPARE(object.keys(), (QStringList{u"category"_s, u"level"_s, u"message"_s, u"time"_s}));
        QCOMPARE(object.value("message"_L1).toString(), message);
        QCOMPARE(object.value("level"_L1).toString(), u"debug"_s);
        QCOMPARE(object.value("time"_L1).toString(), u"2026-11-25T04:30:00.123Z"_s);
    }

    void longMessagesAreCut()
    {
        const QByteArray line =
            formatLogLine(LogFormat::Text, kTime, QtInfoMsg, u"x"_s, QString(1'000'000, QChar(u'a')));
        QVERIFY(line.size() < 10'000);
        QVERIFY(line.endsWith("…\n"));
    }

    void levelsAreReadFromAListOrOneWord()
    {
        QCOMPARE(parseLogLevels(u"debug"_s)->everything, LogLevel::Debug);
        const Result<LogLevels> list = parseLogLevels(u"gateway=debug, qt.network=info,warning"_s);
        QVERIFY(list.has_value());
        QCOMPARE(list->of(u"gateway"_s), LogLevel::Debug);
        QCOMPARE(list->of(u"bus"_s), LogLevel::Warning);
        QCOMPARE(list->of(u"qt.network"_s), LogLevel::Info);
        QCOMPARE(parseLogLevels(u"debug"_s)->of(u"qt.core"_s), LogLevel::Warning);
        QVERIFY(parseLogLevels(u"loud"_s).error().message.contains(u"\"loud\""));
        QVERIFY(parseLogLevels(u"gatway=info"_s).error().message.contains(u"\"gatway\""));
        QVERIFY(!parseLogLevels(u""_s));
        QVERIFY(!parseLogLevels(u"info,"_s));
    }

    void everyDeclaredCategoryIsNamed()
    {
        QStringList names;
        for (const auto &category : {lcRuntime, lcConfig, lcGateway, lcDatabase, lcBus, lcAuth, lcMessages})
            names << QString::fromUtf8(category().categoryName());
        QCOMPARE(names, logCategoryNames());
    }

    void writesWhatTheLevelsLetThrough()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        {
            const KeepHandler keep;
            const Logging logging(LogFormat::Text, *parseLogLevels(u"gateway=debug,warning"_s), file.handle());
            qCDebug(lcGateway, "seen %d", 1);
            qCInfo(lcBus, "hidden");
            qCWarning(lcBus, "seen 2");
            qWarning("seen 3");
        }
        const QList<QByteArray> lines = written(file).split('\n');
        QCOMPARE(lines.size(), 4);
        QVERIFY(lines[0].endsWith("Z debug gateway: seen 1"));
        QVERIFY(lines[1].endsWith("Z warning bus: seen 2"));
        QVERIFY(lines[2].endsWith("Z warning default: seen 3"));
    }

    void linesOfManyThreadsDoNotMix()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        constexpr int kThreads = 4;
        constexpr int kLines = 500;
        {
            const KeepHandler keep;
            const Logging logging(LogFormat::Json, LogLevels{}, file.handle());
            std::vector<std::unique_ptr<FunctionThread>> threads;
            for (int t = 0; t < kThreads; ++t) {
                threads.push_back(std::make_unique<FunctionThread>([t] {
                    const QString text(200, QChar(u'a' + t));
                    for (int i = 0; i < kLines; ++i)
                        qCInfo(lcRuntime).noquote() << text;
                }));
                threads.back()->start();
            }
            for (const auto &thread : threads)
                QVERIFY(thread->wait());
        }
        QList<QByteArray> lines = written(file).split('\n');
        QVERIFY(lines.takeLast().isEmpty());
        QCOMPARE(lines.size(), kThreads * kLines);
        for (const QByteArray &line : lines) {
            const QString message = QJsonDocument::fromJson(line).object().value("message"_L1).toString();
            QCOMPARE(message.size(), 200);
            QCOMPARE(message.count(message[0]), 200);
        }
    }
};

CONFAB_TEST_CLASS(tst_Logging)
#include "tst_Logging.moc"
