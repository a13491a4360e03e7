// SPDX-License-Identifier: MIT
#include "shared/core/Clock.h"
#include "shared/protocol/Operations.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <algorithm>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

QStringList lines(const QList<Message> &messages)
{
    QStringList result;
    for (const Message &message : messages)
        result.append(
            u"%1 %2 %3"_s.arg(message.id).arg(message.deleted ? u"deleted"_s : u"live"_s, message.content.text));
    return result;
}

/// Joan, who writes over REST, and Ada, who has the SDK, share a conversation.
struct Scene
{
    ConfabdProcess server{cheapServer()};
    std::unique_ptr<RestClient> joan;
    std::unique_ptr<Person> ada;
    ConversationId conversation;

    /// Returns what went wrong, empty when nothing did.
    QString open()
    {
        if (!server.start())
            return u"the server did not start"_s;
        joan = std::make_unique<RestClient>(server.url());
        const Result<SignedIn> signedIn = signUp(*joan, u"joan"_s);
        if (!signedIn)
            return signedIn.error().message;
        joan->setToken(signedIn->token);
        ada = std::make_unique<Person>(server.url());
        const Result<User> user = ada->registerAs(u"ada"_s);
        if (!user)
            return user.error().message;
        const Result<Conversation> direct = await(ada->client().createDirect(signedIn->user.id));
        if (!direct)
            return direct.error().message;
        conversation = direct->id;
        return {};
    }

    QString path() const { return u"/v1/conversations/%1/messages"_s.arg(conversation.toString()); }
    QString path(MessageId id) const { return path() + u'/' + QString::number(id); }
};

} // namespace

/// A device that was away, or a server that was killed: in the end all hold the same, once and in order.
class tst_ComingBack : public QObject
{
    Q_OBJECT

    const SystemClock m_clock{};
    const IdGenerator m_ids{m_clock};

    Result<Message> joanSays(Scene &scene, const QString &text)
    {
        return scene.joan->call<Message>("POST", scene.path(),
                                         {{u"clientId"_s, m_ids.make<ClientId>().toString()}, {u"text"_s, text}});
    }

private Q_SLOTS:
    /// Cases B13, B14, F1: 500 messages missed, with edits and deletions of older ones among them.
    void equalsTheServerAfter500MissedMessages()
    {
        Scene scene;
        const QString fault = scene.open();
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QList<MessageId> older;
        for (int i = 0; i < 40; ++i) {
            const Result<Message> message = joanSays(scene, u"before %1"_s.arg(i));
            QVERIFY(message);
            older.append(message->id);
        }
        QVERIFY(waitUntil([&] { return scene.ada->timeline(scene.conversation).size() == 40; }));

        scene.ada->quit();
        for (int i = 0; i < 500; ++i) {
            const Result<Message> message = joanSays(scene, u"missed %1"_s.arg(i));
            QVERIFY(message);
            const QJsonObject edit{{u"text"_s, u"edited at %1"_s.arg(i)}};
            if (i % 50 == 10)
                QVERIFY(scene.joan->call<Message>("PATCH", scene.path(older.at(i / 50)), edit));
            if (i % 50 == 20)
                QVERIFY(scene.joan->call<Message>("DELETE", scene.path(older.at(20 + i / 50))));
            if (i == 100) // a change of one that will lie in the hole
                QVERIFY(scene.joan->call<Message>("PATCH", scene.path(message->id), edit));
        }
        const QStringList server = lines(history(*scene.joan, scene.conversation));
        QCOMPARE(server.size(), 540);

        scene.ada->restart();
        QVERIFY(scene.ada->waitOnline());
        // What is held before anything more is asked for agrees with the server, and the newest is there.
        const QStringList held = lines(scene.ada->timeline(scene.conversation, false));
        QVERIFY(!held.isEmpty());
        QCOMPARE(held.last(), server.last());
        for (const QString &line : held)
            QVERIFY2(server.contains(line), qPrintable(line));
        // And so does everything, holes filled; after another start too, from disk.
        QCOMPARE(lines(scene.ada->timeline(scene.conversation)), server);
        scene.ada->restart();
        QVERIFY(scene.ada->waitOnline());
        QCOMPARE(lines(scene.ada->timeline(scene.conversation)), server);
    }

    /// Cases B10, B18: typed offline, app restarted in between, sent once and in order.
    void outboxOf50TypedOfflineArrivesOnceAndInOrder()
    {
        Scene scene;
        const QString fault = scene.open();
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        scene.server.kill9();
        QStringList typed;
        auto type25 = [&] {
            for (int i = 0; i < 25; ++i) {
                typed.append(u"offline %1"_s.arg(typed.size()));
                if (!await(scene.ada->client().sendMessage(scene.conversation, typed.last())))
                    return false;
            }
            return true;
        };
        QVERIFY(type25());
        scene.ada->restart();
        QVERIFY(waitUntil([&] { return scene.ada->unsettled(scene.conversation) == 25; }));
        QVERIFY(type25());
        QCOMPARE(scene.ada->unsettled(scene.conversation), 50);
        scene.ada->restart();

        QVERIFY(scene.server.start());
        scene.ada->client().probe();
        QVERIFY(scene.ada->waitOnline());
        QVERIFY(waitUntil([&] { return scene.ada->unsettled(scene.conversation) == 0; }));
        const QList<Message> server = history(*scene.joan, scene.conversation);
        QStringList arrived;
        for (const Message &message : server)
            arrived.append(message.content.text);
        QCOMPARE(arrived, typed);
        QCOMPARE(lines(scene.ada->timeline(scene.conversation)), lines(server));
    }

    /// Cases B5, O6: kill -9 of the server at three moments while 200 messages are sent.
    void everyAcknowledgedMessageIsThereOnceAfterTheServerWasKilled()
    {
        constexpr int kRounds = 4;
        constexpr int kEach = 50;
        Scene scene;
        const QString fault = scene.open();
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        client::TimelineModel timeline;
        timeline.setClient(&scene.ada->client());
        timeline.setConversationId(scene.conversation);
        auto acknowledged = [&] {
            QSet<qint64> ids;
            for (int row = 0; row < timeline.count(); ++row) {
                const QModelIndex index = timeline.index(row);
                const qint64 id = timeline.data(index, int(client::TimelineModel::Role::MessageId)).toLongLong();
                if (id > 0)
                    ids.insert(id);
            }
            return ids;
        };

        QSet<qint64> everAcknowledged;
        QStringList typed;
        for (int round = 0; round < kRounds; ++round) {
            for (int i = 0; i < kEach; ++i) {
                typed.append(u"message %1"_s.arg(typed.size()));
                QVERIFY(await(scene.ada->client().sendMessage(scene.conversation, typed.last())));
            }
            if (round == kRounds - 1)
                break;
            // Some are acknowledged, others are on their way.
            QVERIFY(waitUntil([&] { return acknowledged().size() >= round * kEach + 5; }));
            scene.server.kill9();
            everAcknowledged += acknowledged();
            QVERIFY(scene.server.start());
            scene.ada->client().probe();
        }
        QVERIFY(waitUntil([&] { return scene.ada->unsettled(scene.conversation) == 0; }));
        everAcknowledged += acknowledged();

        const QList<Message> server = history(*scene.joan, scene.conversation);
        QStringList arrived;
        QSet<qint64> ids;
        for (const Message &message : server) {
            arrived.append(message.content.text);
            ids.insert(message.id);
        }
        QCOMPARE(arrived, typed);
        QVERIFY(ids.contains(everAcknowledged));
        QCOMPARE(lines(scene.ada->timeline(scene.conversation)), lines(server));
    }
};

CONFAB_TEST_CLASS(tst_ComingBack)
#include "tst_ComingBack.moc"
