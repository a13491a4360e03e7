// SPDX-License-Identifier: MIT
#include "shared/core/Clock.h"
#include "shared/protocol/Frames.h"
#include "tests/support/TestClass.h"
#include "tests/support/TestServer.h"
#include "tests/support/faults/Seed.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/server/RedisServer.h"
#include "tests/support/system/BusAround.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QPointer>
#include <QtWebSockets/QWebSocket>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kDelayMs = 500;

/// One shard's endpoint of a bus on which everything comes later.
class DelayedBus final : public BusAround
{
public:
    using BusAround::BusAround;

    void setHandler(Handler handler) override
    {
        m_handler = std::move(handler);
        BusAround::setHandler([this](const QByteArray &topic, const QByteArray &payload) {
            QTimer::singleShot(kDelayMs, Qt::PreciseTimer, &m_context, [this, topic, payload] {
                if (m_handler)
                    m_handler(topic, payload);
            });
        });
    }

private:
    Handler m_handler;
    QObject m_context;
};

/// Sends as fast as it is answered, a number of requests in hand, as a bot with a socket of its own would.
class Sender : public QObject
{
public:
    Sender(const QUrl &socket, const QString &token, ConversationId conversation, int count)
        : m_conversation(conversation), m_left(count)
    {
        connect(&m_socket, &QWebSocket::connected, this, [this, token] {
            Hello hello;
            hello.token = token;
            ask(Hello::kInfo.name, encodeCbor(hello));
        });
        connect(&m_socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &bytes) { take(bytes); });
        QNetworkRequest request(socket);
        request.setRawHeader("Sec-WebSocket-Protocol", kCborSubprotocol);
        m_socket.open(request);
    }

    int acknowledged = 0;
    QStringList errors;

private:
    void ask(const char *op, const QByteArray &params)
    {
        m_socket.sendBinaryMessage(encodeRequest(++m_requests, op, params));
    }
    void sendOne()
    {
        SendMessage op;
        op.conversationId = m_conversation;
        op.clientId = m_ids.make<ClientId>();
        op.text = u"%1"_s.arg(m_left--);
        ask(SendMessage::kInfo.name, encodeCbor(op));
    }
    void take(const QByteArray &bytes)
    {
        const Result<ServerFrame> frame = decodeServerFrame(bytes);
        if (!frame || frame->id == 0)
            return;
        if (frame->error)
            errors.append(frame->error->message);
        if (frame->id == 1) {
            for (int i = 0; i < 16 && m_left > 0; ++i)
                sendOne();
            return;
        }
        ++acknowledged;
        if (m_left > 0)
            sendOne();
    }

    SystemClock m_clock;
    IdGenerator m_ids{m_clock};
    QWebSocket m_socket;
    const ConversationId m_conversation;
    int m_left;
    qint64 m_requests = 0;
};

} // namespace

/// Messages sent at two nodes at once, of which one hears everything half a second later than the other.
class tst_SlowBus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Case B2. CONFAB_TEST_SCALE=20 sends a hundred thousand.
    void devicesAtBothNodesHoldEveryMessageOnce()
    {
        PostgresServer postgres;
        RedisServer redis;
        QVERIFY(postgres.start());
        QVERIFY(redis.start());
        postgres.makeDatabase("slow");
        TestServer::Options options;
        options.configure = [&](server::Configuration &configuration) {
            configuration.postgresUrl = QString::fromLatin1(postgres.url("slow"));
            configuration.redisUrl = redis.url();
        };
        TestServer prompt(options);
        options.bus = [](std::unique_ptr<server::Bus> bus) { return std::make_unique<DelayedBus>(std::move(bus)); };
        TestServer late(options);

        Person ada(prompt.url());
        Person joan(late.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        const Result<User> joanUser = joan.registerAs(u"joan"_s);
        QVERIFY(joanUser);
        RestClient rest(prompt.url());
        QStringList tokens;
        QList<UserId> others{joanUser->id};
        for (int i = 0; i < 4; ++i) {
            const Result<SignedIn> bot = signUp(rest, u"bot%1"_s.arg(i));
            QVERIFY(bot);
            tokens.append(bot->token);
            others.append(bot->user.id);
        }
        const Result<Conversation> group = await(ada.client().createGroup(u"Many"_s, others));
        QVERIFY(group);

        const int each = scaled(5000) / 4;
        QElapsedTimer since;
        since.start();
        std::vector<std::unique_ptr<Sender>> senders;
        senders.reserve(4);
        for (int i = 0; i < 4; ++i) {
            senders.push_back(
                std::make_unique<Sender>(i % 2 ? late.socketUrl() : prompt.socketUrl(), tokens.at(i), group->id, each));
        }
        QVERIFY(waitUntil(
            [&] {
                return std::all_of(senders.begin(), senders.end(),
                                   [&](const auto &sender) { return sender->acknowledged == each; });
            },
            600'000));
        const qint64 sent = since.elapsed();
        for (const auto &sender : senders)
            QCOMPARE(sender->errors, QStringList());

        const auto holdsAll = [&](Person &person) {
            const QList<Message> shown = person.timeline(group->id);
            QSet<MessageId> ids;
            for (const Message &message : shown)
                ids.insert(message.id);
            return shown.size() == 4 * each && ids.size() == 4 * each;
        };
        QVERIFY(waitUntil([&] { return holdsAll(ada); }, 300'000));
        QVERIFY(waitUntil([&] { return holdsAll(joan); }, 300'000));
        qInfo("%d messages at two nodes, sent within %lld ms, held by both devices after %lld ms", 4 * each, sent,
              since.elapsed());
    }
};

CONFAB_TEST_CLASS(tst_SlowBus)
#include "tst_SlowBus.moc"
