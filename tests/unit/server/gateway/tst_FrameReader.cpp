// SPDX-License-Identifier: MIT
#include "RawClient.h"
#include "server/gateway/websocket/FrameReader.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

class tst_FrameReader : public QObject
{
    Q_OBJECT

private:
    /// Reads all of \a bytes in pieces of \a step.
    static QList<FrameReader::Frame> readAll(FrameReader &reader, const QByteArray &bytes, qsizetype step)
    {
        QList<FrameReader::Frame> frames;
        for (qsizetype at = 0; at < bytes.size(); at += step) {
            QByteArrayView view = QByteArrayView(bytes).sliced(at, std::min(step, bytes.size() - at));
            while (const auto frame = reader.next(view))
                frames.append(*frame);
        }
        return frames;
    }

private Q_SLOTS:
    void putsFragmentsTogetherAroundControlFrames_data()
    {
        QTest::addColumn<int>("step");
        QTest::newRow("byte by byte") << 1;
        QTest::newRow("two") << 2;
        QTest::newRow("seven") << 7;
        QTest::newRow("at once") << 1'000'000;
    }

    /// Case Q4.
    void putsFragmentsTogetherAroundControlFrames()
    {
        QFETCH(int, step);
        const QByteArray text = u"€😀ä"_s.toUtf8();
        QByteArray bytes;
        for (qsizetype i = 0; i < text.size(); ++i) {
            const bool isLast = i + 1 == text.size();
            bytes += RawClient::frame(static_cast<quint8>((isLast ? 0x80 : 0) | (i == 0 ? 1 : 0)), text.mid(i, 1));
            if (i == 2)
                bytes += RawClient::frame(0x89, "are you there?");
        }
        const QByteArray large(70'000, 'x');
        bytes +=
            RawClient::frame(0x82, large) + RawClient::frame(0x82, QByteArray(200, 'y')) + RawClient::frame(0x81, {});
        FrameReader reader(100'000);
        const QList<FrameReader::Frame> frames = readAll(reader, bytes, step);
        QVERIFY(!reader.fault());
        QCOMPARE(frames.size(), 5);
        QCOMPARE(frames[0].opcode, Opcode::Ping);
        QCOMPARE(frames[0].payload, "are you there?");
        QCOMPARE(frames[1].opcode, Opcode::Text);
        QCOMPARE(frames[1].payload, text);
        QCOMPARE(frames[2].payload, large);
        QCOMPARE(frames[3].payload.size(), 200);
        QCOMPARE(frames[4].payload, QByteArray());
    }

    void refusesWhatIsIllFormed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        const int protocolError = 1002;
        const int badText = 1007;
        QTest::newRow("overlong") << RawClient::frame(0x81, "\xC3\x28") << badText;
        QTest::newRow("surrogate") << RawClient::frame(0x81, "\xED\xA0\x80") << badText;
        QTest::newRow("FE") << RawClient::frame(0x81, "\xFE") << badText;
        QTest::newRow("cut") << RawClient::frame(0x81, "\xE2\x82") << badText;
        QTest::newRow("cut over fragments")
            << RawClient::frame(0x01, "\xE2\x82") + RawClient::frame(0x80, "a") << badText;
        QTest::newRow("126-byte ping") << RawClient::frame(0x89, QByteArray(126, 'p')) << protocolError;
        QTest::newRow("fragmented ping") << RawClient::frame(0x09, "p") << protocolError;
        QTest::newRow("orphan continuation") << RawClient::frame(0x80, "c") << protocolError;
        QTest::newRow("new message within one")
            << RawClient::frame(0x01, "a") + RawClient::frame(0x81, "b") << protocolError;
        QTest::newRow("RSV1") << RawClient::frame(0xC1, "r") << protocolError;
        QTest::newRow("RSV3") << RawClient::frame(0x91, "r") << protocolError;
        QTest::newRow("opcode 3") << RawClient::frame(0x83, "r") << protocolError;
        QTest::newRow("opcode 11") << RawClient::frame(0x8B, "r") << protocolError;
        QTest::newRow("unmasked") << RawClient::frame(0x81, "u", false) << protocolError;
        QTest::newRow("long form of a short length")
            << QByteArray("\x81\xFE\x00\x05\x00\x00\x00\x00hello", 13) << protocolError;
        QTest::newRow("negative length") << QByteArray("\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00", 14)
                                         << protocolError;
        QTest::newRow("too large") << RawClient::frame(0x82, QByteArray(1001, 'l')) << 1009;
        QTest::newRow("claims too much") << QByteArray("\x82\xFF\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00\x00", 14)
                                         << 1009;
        QTest::newRow("too large in fragments")
            << RawClient::frame(0x02, QByteArray(600, 'l')) + RawClient::frame(0x80, QByteArray(600, 'l')) << 1009;
    }

    /// Cases Q2, Q5.
    void refusesWhatIsIllFormed()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        for (const qsizetype step : {qsizetype(1), bytes.size()}) {
            FrameReader reader(1000);
            QVERIFY(readAll(reader, bytes, step).isEmpty());
            QVERIFY(reader.fault());
            QCOMPARE(static_cast<int>(*reader.fault()), code);
            // Nothing is read after a fault.
            QVERIFY(readAll(reader, RawClient::frame(0x81, "more"), 100).isEmpty());
        }
    }

    void writesHeadsInTheirShortestForm()
    {
        QCOMPARE(frameHead(Opcode::Text, 125), QByteArray("\x81\x7d", 2));
        QCOMPARE(frameHead(Opcode::Binary, 126), QByteArray("\x82\x7e\x00\x7e", 4));
        QCOMPARE(frameHead(Opcode::Binary, 65535), QByteArray("\x82\x7e\xff\xff", 4));
        QCOMPARE(frameHead(Opcode::Binary, 65536), QByteArray("\x82\x7f\0\0\0\0\0\1\0\0", 10));
    }
};

CONFAB_TEST_CLASS(tst_FrameReader)
#include "tst_FrameReader.moc"
