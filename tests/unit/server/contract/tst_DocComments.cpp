// SPDX-License-Identifier: MIT
#include "server/gateway/contract/DocComments.h"
#include "server/gateway/contract/OrderedJson.h"
#include "server/gateway/contract/SchemaBook.h"
#include "tests/support/TestClass.h"

#include <QtCore/QCborArray>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;
using Direction = SchemaBook::Direction;

namespace {
/// A header as ours are written, with names that the contract has.
constexpr auto kHeader = "/// Sends a message. Sent again\n"
                         "/// it does no harm.\n"
                         "struct CONFAB_EXPORT SendMessage\n"
                         "{\n"
                         "    Q_GADGET\n"
                         "    Q_PROPERTY(QString text MEMBER text)\n"
                         "public:\n"
                         "    static constexpr OperationInfo kInfo{\"x\", HttpMethod::Post, \"/x\", true};\n"
                         "\n"
                         "    QString text; ///< 1 to {messageLength} code points.\n"
                         "    std::optional<qint64> replyTo =\n"
                         "        0; ///< At least 1, and a sentence that\n"
                         "           ///< goes on.\n"
                         "    QList<qint64> plain;\n"
                         "};\n"
                         "\n"
                         "/// A section's comment that belongs to nothing.\n"
                         "\n"
                         "struct Silent\n"
                         "{\n"
                         "};\n"
                         "enum class Colour {\n"
                         "    Red, ///< As blood.\n"
                         "    Blue ///< Not told: no comma.\n"
                         "};\n";
} // namespace

class tst_DocComments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesTheCommentsOfTypesFieldsAndEnumerators()
    {
        DocComments comments;
        comments.read(kHeader);
        QCOMPARE(comments.of("SendMessage"), u"Sends a message. Sent again it does no harm."_s);
        QCOMPARE(comments.of("SendMessage", "text"), u"1 to {messageLength} code points."_s);
        QCOMPARE(comments.of("SendMessage", "replyTo"), u"At least 1, and a sentence that goes on."_s);
        QCOMPARE(comments.of("SendMessage", "plain"), QString());
        QCOMPARE(comments.of("Silent"), QString());
        QCOMPARE(comments.of("Colour", "Red"), u"As blood."_s);
    }

    void makesRulesOfRequestsFromThem()
    {
        DocComments comments;
        comments.read(kHeader);
        Limits limits;
        limits.messageLength = 500;
        SchemaBook book(comments, limits);
        const ContractType type = ContractType::of<SendMessage>();
        const QCborMap text = book.field("SendMessage", *type.plan->find("text"), Direction::Request);
        QCOMPARE(text.value(u"minLength"_s), QCborValue(1));
        QCOMPARE(text.value(u"maxLength"_s), QCborValue(500));
        QCOMPARE(text.value(u"description"_s), QCborValue(u"1 to 500 code points."_s));
        const QCborMap replyTo = book.field("SendMessage", *type.plan->find("replyTo"), Direction::Request);
        QCOMPARE(replyTo.value(u"minimum"_s), QCborValue(1));
        // A server may have had other limits when it stored what it gives now.
        const QCborMap replied = book.field("SendMessage", *type.plan->find("text"), Direction::Reply);
        QVERIFY(!replied.contains(u"maxLength"_s));
    }

    void requiresWhatADecoderDemandsAndWhatRepliesAlwaysHave()
    {
        const DocComments comments;
        SchemaBook book(comments, Limits());
        const ContractType hello = ContractType::of<Hello>();
        const QCborMap request = book.object(hello, Direction::Request, [](const WireField &) { return true; });
        QCOMPARE(request.value(u"required"_s).toArray(), QCborArray{u"token"_s});
        const ContractType entry = ContractType::of<ConversationEntry>();
        const QCborMap reply = book.object(entry, Direction::Reply, [](const WireField &) { return true; });
        QCOMPARE(reply.value(u"required"_s).toArray(),
                 (QCborArray{u"conversation"_s, u"membership"_s, u"headRevision"_s}));
        QVERIFY(book.schemas().contains(u"Membership"_s));
    }

    void leavesEnumsOfRepliesOpenAndClosesThoseOfRequests()
    {
        const DocComments comments;
        SchemaBook book(comments, Limits());
        const ContractType create = ContractType::of<CreateConversation>();
        const QCborMap asked = book.field(create.name, *create.plan->find("kind"), Direction::Request);
        QCOMPARE(asked.value(u"enum"_s).toArray(), (QCborArray{u"direct"_s, u"group"_s, u"channel"_s}));
        const QCborMap told = book.field(create.name, *create.plan->find("kind"), Direction::Reply);
        QVERIFY(!told.contains(u"enum"_s));
        QCOMPARE(told.value(u"anyOf"_s).toArray().size(), 2);
    }

    void writesMembersInTheirOrder()
    {
        QCborMap map{{u"z"_s, 1}, {u"a"_s, QCborArray{1, u"x\"\n"_s, true, nullptr}}};
        QCOMPARE(orderedJson(map), QByteArray("{ \"z\": 1, \"a\": [ 1, \"x\\\"\\n\", true, null ] }\n"));
        map.insert(u"long"_s, QString(100, u'x'));
        QCOMPARE(orderedJson(map), "{\n  \"z\": 1,\n  \"a\": [ 1, \"x\\\"\\n\", true, null ],\n  \"long\": \"" +
                                       QByteArray(100, 'x') + "\"\n}\n");
    }
};

CONFAB_TEST_CLASS(tst_DocComments)
#include "tst_DocComments.moc"
