// SPDX-License-Identifier: MIT
#include "shared/protocol/CloseReason.h"
#include "shared/protocol/Frames.h"
#include "shared/protocol/Mend.h"
#include "shared/protocol/Operations.h"
#include "tests/support/TestClass.h"

#include <QtCore/QCborMap>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QMetaProperty>

using namespace confab;
using namespace Qt::StringLiterals;

namespace {
const QString kIdText = u"018bcfe5-687b-7abc-8abc-0123456789ab"_s;

/// JSON with ' for ", which moc's reader of raw literals stumbles over.
QByteArray json(QByteArray text)
{
    return text.replace('\'', '\x22');
}

Message sampleMessage()
{
    Message message;
    message.conversationId = *ConversationId::fromString(kIdText);
    message.id = 41;
    message.revision = 44;
    message.senderId = *UserId::fromString(kIdText);
    message.clientId = *ClientId::fromString(kIdText);
    message.createdAt = 1'700'000'000'123;
    message.editedAt = 1'700'000'000'999;
    message.content = {u"Grüße 👩🏽‍🚀"_s, 40};
    return message;
}

MessagePage pageOf(int rows)
{
    MessagePage page;
    for (int i = 0; i < rows; ++i) {
        page.messages.append(sampleMessage());
        page.messages.last().id = i + 1;
        page.messages.last().content.text = u"row %1"_s.arg(i);
    }
    return page;
}
} // namespace

class tst_Protocol : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void closeTextNamesTheTimeToComeBackWithin()
    {
        const QByteArray text = closeText(CloseReason::Draining, 12'500);
        QCOMPARE(text, "draining; come back within 12500 ms");
        QCOMPARE(spreadOfCloseText(QString::fromLatin1(text)), 12'500);
        QCOMPARE(closeText(CloseReason::SlowReader, 0), "slow reader");
        for (const char *other : {"", "draining", "draining; come back within  ms", "; come back within x ms",
                                  "; come back within -5 ms", "come back within 5 ms"})
            QCOMPARE(spreadOfCloseText(QString::fromLatin1(other)), 0);
        QCOMPARE(spreadOfCloseText(u"; come back within 99999999999 ms"_s), 3'600'000);
    }

    void everyFieldOfEveryOperationHasAWireForm()
    {
        int operations = 0;
        AllOperations::forEach([&]<typename Operation>() {
            ++operations;
            QCOMPARE(int(WirePlan::of<Operation>().fields().size()), Operation::staticMetaObject.propertyCount());
            QCOMPARE(int(WirePlan::of<typename Operation::Reply>().fields().size()),
                     Operation::Reply::staticMetaObject.propertyCount());
            QVERIFY(Operation::staticMetaObject.propertyCount() <= 64);
        });
        QCOMPARE(operations, 48);
        AllEvents::forEach([]<typename Event>() { QVERIFY(!WirePlan::of<Event>().fields().empty()); });
    }

    void messageGoesBothWaysInCborAndJson()
    {
        const Message message = sampleMessage();
        const Result<Message> fromCbor = decodeCbor<Message>(encodeCbor(message), Strictness::Reply);
        QVERIFY(fromCbor);
        QCOMPARE(*fromCbor, message);
        const Result<QByteArray> cbor = jsonToCbor(cborToJson(encodeCbor(message)));
        QVERIFY(cbor);
        const Result<Message> fromJson = decodeCbor<Message>(*cbor, Strictness::Reply);
        QVERIFY(fromJson);
        QCOMPARE(*fromJson, message);
    }

    void jsonFormIsAsDocumented()
    {
        const QJsonObject json = QJsonDocument::fromJson(cborToJson(encodeEvent(sampleMessage()))).object();
        QCOMPARE(json[u"event"_s].toString(), u"message"_s);
        const QJsonObject data = json[u"data"_s].toObject();
        QCOMPARE(data[u"id"_s].toInteger(), 41);
        QCOMPARE(data[u"senderId"_s].toString(), kIdText);
        QCOMPARE(data[u"content"_s].toObject()[u"text"_s].toString(), u"Grüße 👩🏽‍🚀"_s);
    }

    void framesGoBothWays()
    {
        SendMessage send;
        send.conversationId = *ConversationId::fromString(kIdText);
        send.clientId = *ClientId::fromString(kIdText);
        send.text = u"hi"_s;
        const Result<RequestFrame> request = decodeRequest(encodeRequest(7, SendMessage::kInfo.name, encodeCbor(send)));
        QVERIFY(request);
        QCOMPARE(request->id, 7);
        QCOMPARE(request->op, "message.send"_ba);
        const Result<SendMessage> params = decodeCbor<SendMessage>(request->params, Strictness::Request);
        QVERIFY(params);
        QCOMPARE(params->text, u"hi"_s);
        QVERIFY(!params->replyTo);

        const Result<ServerFrame> result = decodeServerFrame(encodeResult(7, encodeCbor(sampleMessage())));
        QVERIFY(result);
        QCOMPARE(*decodeCbor<Message>(result->body, Strictness::Reply), sampleMessage());

        const Error error{ErrorCode::TooLarge, u"too long"_s, u"text"_s, 1500};
        const Result<ServerFrame> refused = decodeServerFrame(encodeError(9, error));
        QVERIFY(refused);
        QCOMPARE(refused->id, 9);
        QCOMPARE(*refused->error, error);
    }

    void unknownFieldsAndEnumValuesOfNewerPeersAreTolerated()
    {
        QCborMap map = QCborValue::fromCbor(encodeCbor(Conversation{})).toMap();
        map[u"someday"_s] = QCborMap{{u"deep"_s, QCborArray{1, 2, QCborMap()}}};
        map[u"kind"_s] = u"hologram"_s;
        map[u"id"_s] = kIdText;
        map[u"creatorId"_s] = kIdText;
        const Result<Conversation> reply = decodeCbor<Conversation>(QCborValue(map).toCbor(), Strictness::Reply);
        QVERIFY(reply);
        QCOMPARE(reply->kind, Conversation::Kind::Unknown);
    }

    void refusesBadRequestsWithTheField_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("field");
        const QByteArray id = kIdText.toUtf8();
        QTest::newRow("missing") << QByteArray(json("{'conversationId':'") + id + json("','clientId':'") + id +
                                               json("'}"))
                                 << u"text"_s;
        QTest::newRow("wrong type") << json("{'conversationId':7}") << u"conversationId"_s;
        QTest::newRow("bad id") << json("{'conversationId':'x'}") << u"conversationId"_s;
        QTest::newRow("null required") << json("{'text':null}") << u"text"_s;
        QTest::newRow("NUL") << json("{'text':'a\\u0000b'}") << u"text"_s;
        QTest::newRow("fraction") << json("{'replyTo':1.5}") << u"replyTo"_s;
        QTest::newRow("huge number") << json("{'replyTo':1e300}") << u"replyTo"_s;
    }
    void refusesBadRequestsWithTheField()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, field);
        const Result<QByteArray> cbor = jsonToCbor(json);
        QVERIFY(cbor);
        const Result<SendMessage> decoded = decodeCbor<SendMessage>(*cbor, Strictness::Request);
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(decoded.error().field, field);
    }

    void refusesIllFormedJson_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("truncated") << json("{'a':");
        QTest::newRow("array") << QByteArray("[1]");
        QTest::newRow("lone high") << json("{'a':'\\ud83d'}");
        QTest::newRow("lone high before text") << json("{'a':'\\ud83dx'}");
        QTest::newRow("lone low") << json("{'a':'\\ude00'}");
        QTest::newRow("raw CESU-8") << QByteArray("{\"a\":\"\xed\xa0\xbd\"}");
        QTest::newRow("bad UTF-8") << QByteArray("{\"a\":\"\xc3\x28\"}");
        QTest::newRow("deep") << QByteArray(100, '[').prepend(json("{'a':")).append(QByteArray(100, ']')).append('}');
    }
    void refusesIllFormedJson()
    {
        QFETCH(QByteArray, json);
        const Result<QByteArray> cbor = jsonToCbor(json);
        QVERIFY(!cbor);
        QCOMPARE(cbor.error().code, ErrorCode::InvalidArgument);
    }

    void acceptsEscapedPairs()
    {
        const Result<QByteArray> cbor = jsonToCbor(json("{'text':'\\ud83d\\ude00 \\\\ud83d'}"));
        QVERIFY(cbor);
        QCOMPARE(QCborValue::fromCbor(*cbor).toMap()[u"text"_s].toString(), u"😀 \\ud83d"_s);
    }

    void patchTellsAbsentFromNull()
    {
        const QByteArray head = json("{'conversationId':'") + kIdText.toUtf8() + json("'");
        auto decode = [&](const QByteArray &rest) {
            return *decodeCbor<UpdateConversation>(*jsonToCbor(head + rest + '}'), Strictness::Request);
        };
        QCOMPARE(decode("").title.state, Patch<QString>::State::Keep);
        QCOMPARE(decode(json(",'title':null")).title.state, Patch<QString>::State::Clear);
        QCOMPARE(decode(json(",'title':'x'")).title.value, u"x"_s);
    }

    /// Case H2: of a page of fifty, the one whose text is none is shown with a mark in the place of what is wrong.
    void oneIllFormedTextDoesNotCostThePage()
    {
        for (const QByteArray &bad : {"a\xed\xa0\x80z"_ba, "a\xc3("_ba, "a\xfez"_ba, QByteArray("a\0z", 3)}) {
            MessagePage page = pageOf(50);
            page.messages[20].content.text = QString(bad.size(), u'#');
            QByteArray cbor = encodeCbor(page);
            cbor.replace(QByteArray(bad.size(), '#'), bad);
            const Result<ServerFrame> frame = decodeServerFrame(encodeResult(7, cbor));
            QVERIFY(frame);
            const Result<MessagePage> decoded = decodeCbor<MessagePage>(frame->body, Strictness::Reply);
            QVERIFY(decoded);
            QCOMPARE(decoded->messages.size(), 50);
            QCOMPARE(decoded->messages[19].content.text, u"row 19"_s);
            QVERIFY(decoded->messages[20].content.text.startsWith(u'a'));
            QVERIFY(decoded->messages[20].content.text.contains(QChar(QChar::ReplacementCharacter)));
            QCOMPARE(decoded->messages[21].content.text, u"row 21"_s);
            QVERIFY(!decodeCbor<MessagePage>(cbor, Strictness::Request));
        }
    }

    /// However much of it is missing; three rows, as the work grows with the square of the bytes.
    void aPageWithAnIllFormedTextIsNotTakenInPart()
    {
        QByteArray cbor = encodeCbor(pageOf(3));
        cbor.replace("row 1", "row \xfe");
        QVERIFY(decodeCbor<MessagePage>(cbor, Strictness::Reply));
        for (qsizetype size = 0; size < cbor.size(); ++size)
            QVERIFY2(!decodeCbor<MessagePage>(cbor.first(size), Strictness::Reply), QByteArray::number(size));
    }

    /// Its reader stands still after an error: here at the text, within a list that claims two thousand million items.
    void mendingEndsAtAnError()
    {
        const QByteArray cbor = QByteArray::fromHex("a1"
                                                    "6178"
                                                    "9a7fffffff"
                                                    "6161"
                                                    "ff");
        QVERIFY(withMendedTexts(cbor).isEmpty());
        QVERIFY(!decodeCbor<MessagePage>(cbor, Strictness::Reply));
    }

    /// Case H4.
    void truncatedAndHostileCborIsRefused()
    {
        const QByteArray good = encodeRequest(7, "message.send", encodeCbor(SendMessage{}));
        for (qsizetype size = 0; size < good.size(); ++size)
            QVERIFY(!decodeRequest(good.left(size)));
        QVERIFY(!decodeRequest(good + 'x'));
        QVERIFY(!decodeRequest("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"_ba));     // an array said to be huge
        QVERIFY(!decodeRequest("\xa1\x7b\x7f\xff\xff\xff\xff\xff\xff\xff"_ba)); // a text said to be huge
        QVERIFY(!decodeRequest(QByteArray(5000, '\x81')));                      // deep
    }

    void idsReadAsTextInQml()
    {
        everyFieldOfEveryOperationHasAWireForm(); // registers the converters
        const QVariant id = QVariant::fromValue(*UserId::fromString(kIdText));
        QCOMPARE(id.toString(), kIdText);
    }

    void jsonNamesTheFieldOfHalfASurrogatePair_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("field");
        QTest::newRow("high") << QByteArray(R"({"text":"a\ud800"})") << u"text"_s;
        QTest::newRow("low") << QByteArray(R"({"text":"\udc00a"})") << u"text"_s;
        QTest::newRow("swapped") << QByteArray(R"({"text":"\udc00\ud800"})") << u"text"_s;
        QTest::newRow("behind a pair") << QByteArray(R"({"text":"\ud83c\udf89\udf89"})") << u"text"_s;
        QTest::newRow("in a request") << QByteArray(R"({"id":7,"params":{"a":[1,{"b":"c:d"}], "title" : "\ud800"}})")
                                      << u"title"_s;
        QTest::newRow("in a list") << QByteArray(R"({"features":["a","\ud800"]})") << u"features"_s;
        QTest::newRow("first name") << QByteArray(R"({"\ud800":1})") << QString();
        QTest::newRow("later name") << QByteArray(R"({"a":"b","\ud800":1})") << QString();
        QTest::newRow("quotes in texts") << QByteArray(R"({"a":"\"b\":\\","c":"\ud800"})") << u"c"_s;
        QTest::newRow("cut short") << QByteArray(R"({"text":"\ud800)") << u"text"_s;
    }
    void jsonNamesTheFieldOfHalfASurrogatePair()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, field);
        const auto refused = jsonToCbor(json);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(refused.error().field, field);
        QVERIFY(refused.error().message.contains("surrogate"_L1));
    }

    void jsonWithWholePairsPasses() { QVERIFY(jsonToCbor(R"({"text":"\ud83c\udf89 \\ud800 \u0041"})")); }

    /// Case H4.
    void jsonNestingIsBounded()
    {
        QVERIFY(jsonToCbor(QByteArray("{\"a\":") + QByteArray(63, '[') + QByteArray(63, ']') + '}'));
        QVERIFY(!jsonToCbor(QByteArray("{\"a\":") + QByteArray(64, '[') + QByteArray(64, ']') + '}'));
        QVERIFY(!jsonToCbor(QByteArray(100'000, '[')));
        QVERIFY(!jsonToCbor(QByteArray(100'000, ']')));
    }

    void idOfARefusedJsonRequestIsFound()
    {
        QCOMPARE(jsonRequestId(R"({"id":7,"op":"x","params":{"text":"\ud800"}})"), 7);
        QCOMPARE(jsonRequestId(R"({"id":-7})"), 0);
        QCOMPARE(jsonRequestId(R"({"id":"7"})"), 0);
        QCOMPARE(jsonRequestId("[1]"), 0);
        QCOMPARE(jsonRequestId("{\"id\":7"), 0);
    }
};

CONFAB_TEST_CLASS(tst_Protocol)
#include "tst_Protocol.moc"
