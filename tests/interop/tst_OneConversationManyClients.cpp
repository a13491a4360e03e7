// SPDX-License-Identifier: MIT
#include "shared/core/Clock.h"
#include "shared/protocol/Operations.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QJsonDocument>

#include <algorithm>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// The npm client of observer.mjs as a process.
class Observer
{
public:
    bool start(quint16 port, const QString &token)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(u"node"_s, {qEnvironmentVariable("CONFAB_SOURCE_DIR") + u"/tests/interop/observer.mjs"_s,
                                    u"ws://127.0.0.1:%1/v1/socket"_s.arg(port), token});
        return m_process.waitForStarted() && waitUntil([this] { return read() && m_ready; });
    }
    void send(ConversationId conversation, ClientId clientId, const QString &text)
    {
        m_process.write("send " + conversation.toString().toUtf8() + ' ' + clientId.toString().toUtf8() + ' ' +
                        text.toUtf8() + '\n');
    }
    bool stop()
    {
        m_process.closeWriteChannel();
        return m_process.waitForFinished() && m_process.exitCode() == 0;
    }
    const QList<QJsonObject> &messages()
    {
        read();
        return m_messages;
    }
    QString failure() const { return m_failure; }

private:
    bool read()
    {
        while (m_process.canReadLine()) {
            const QJsonObject line = QJsonDocument::fromJson(m_process.readLine()).object();
            if (line.contains("ready"_L1))
                m_ready = true;
            else if (line.contains("failure"_L1))
                m_failure = QString::fromUtf8(QJsonDocument(line).toJson(QJsonDocument::Compact));
            else
                m_messages.append(line["message"_L1].toObject());
        }
        return true;
    }

    QProcess m_process;
    bool m_ready = false;
    QString m_failure;
    QList<QJsonObject> m_messages;
};

QStringList texts(const QList<Message> &messages)
{
    QStringList result;
    for (const Message &message : messages)
        result.append(u"%1 %2"_s.arg(message.id).arg(message.content.text));
    return result;
}

} // namespace

/// Two SDK clients, one plain WebSocket client from npm and a REST client see one conversation alike.
class tst_OneConversationManyClients : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allSeeTheSameMessagesInTheSameOrder()
    {
        constexpr int kEach = 20;
        ConfabdProcess server{cheapServer()};
        QVERIFY(server.start());
        Person ada(server.url());
        Person grace(server.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        const Result<User> graceUser = grace.registerAs(u"grace"_s);
        QVERIFY(graceUser);
        RestClient rest(server.url());
        const Result<SignedIn> joan = signUp(rest, u"joan"_s);
        QVERIFY2(joan, joan ? "" : qPrintable(joan.error().message));
        rest.setToken(joan->token);
        const Result<Conversation> group =
            await(ada.client().createGroup(u"Engines"_s, {graceUser->id, joan->user.id}));
        QVERIFY(group);
        const SystemClock clock;
        const IdGenerator ids(clock);

        // The npm client has a session of its own beside the one of REST.
        const Result<SignedIn> second = signIn(rest, u"Joan"_s);
        QVERIFY(second);
        Observer observer;
        QVERIFY2(observer.start(server.port(), second->token), qPrintable(observer.failure()));

        const QString path = u"/v1/conversations/%1/messages"_s.arg(group->id.toString());
        for (int i = 0; i < kEach; ++i) {
            QVERIFY(await(ada.client().sendMessage(group->id, u"ada %1 👩🏽‍🚀"_s.arg(i))));
            QVERIFY(await(grace.client().sendMessage(group->id, u"grace %1 שלום"_s.arg(i))));
            observer.send(group->id, ids.make<ClientId>(), u"npm %1 €"_s.arg(i));
            const Result<Message> sent = rest.call<Message>(
                "POST", path, {{u"clientId"_s, ids.make<ClientId>().toString()}, {u"text"_s, u"rest %1"_s.arg(i)}});
            QVERIFY2(sent, sent ? "" : qPrintable(sent.error().message));
        }
        QVERIFY(waitUntil([&] { return observer.messages().size() >= 4 * kEach; }));
        QCOMPARE(observer.failure(), QString());
        QVERIFY(waitUntil([&] {
            return ada.unsettled(group->id) == 0 && grace.unsettled(group->id) == 0 &&
                   ada.timeline(group->id).size() == 4 * kEach && grace.timeline(group->id).size() == 4 * kEach;
        }));

        const Result<MessagePage> history = rest.call<MessagePage>("GET", path + u"?limit=200"_s);
        QVERIFY(history);
        QCOMPARE(history->messages.size(), 4 * kEach);
        QStringList truth = texts(history->messages);
        std::reverse(truth.begin(), truth.end());
        QCOMPARE(texts(ada.timeline(group->id)), truth);
        QCOMPARE(texts(grace.timeline(group->id)), truth);
        // Events of two shards may cross on their way: a client orders by id.
        QList<QJsonObject> arrived = observer.messages();
        std::stable_sort(arrived.begin(), arrived.end(), [](const QJsonObject &a, const QJsonObject &b) {
            return a["id"_L1].toInteger() < b["id"_L1].toInteger();
        });
        QStringList seenByNpm;
        for (const QJsonObject &message : arrived)
            seenByNpm.append(u"%1 %2"_s.arg(message["id"_L1].toInteger())
                                 .arg(message["content"_L1].toObject()["text"_L1].toString()));
        QCOMPARE(seenByNpm, truth);
        QVERIFY(observer.stop());
        QCOMPARE(server.terminate(), 0);
    }
};

CONFAB_TEST_CLASS(tst_OneConversationManyClients)
#include "tst_OneConversationManyClients.moc"
