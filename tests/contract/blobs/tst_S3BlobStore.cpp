// SPDX-License-Identifier: MIT
#include "server/backends/blobs/s3/S3BlobStore.h"
#include "tests/contract/blobs/BlobStoreContract.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/S3Server.h"

#include <QtNetwork/QNetworkReply>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <csignal>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// What a client without keys gets from an address.
struct Fetched
{
    int status = 0;
    QByteArray type;
    QByteArray disposition;
    QByteArray body;
};

Fetched fetch(const QUrl &url)
{
    QNetworkAccessManager network;
    QNetworkReply *reply = network.get(QNetworkRequest(url));
    QSignalSpy(reply, &QNetworkReply::finished).wait(30'000);
    return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->rawHeader("Content-Type"),
            reply->rawHeader("Content-Disposition"), reply->readAll()};
}

} // namespace

/// Blobs in a real S3 under the contract, and what is S3's own.
class tst_S3BlobStore : public BlobStoreContract
{
    Q_OBJECT

    S3Server m_server;
    SystemClock m_clock;

    S3Access access() const { return {m_server.accessKey(), m_server.secretKey(), {}}; }
    S3Url url() const { return *S3Url::parse(m_server.url()); }
    std::unique_ptr<BlobStore> makeStore() override
    {
        return std::make_unique<S3BlobStore>(url(), access(), m_clock, S3BlobStore::kSmallestPart);
    }

    S3Client::Reply ask(const QByteArray &method, const QByteArray &key, const AwsSigner::Pairs &query = {},
                        const QByteArray &body = {})
    {
        S3Client client(url(), access(), m_clock);
        return await(client.send({method, key, query, {}, body})).value_or(S3Client::Reply());
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_server.start()); }

    void leavesNoTailBehind()
    {
        const auto store = makeStore();
        const BlobKey key = newKey();
        Result<UnfinishedBlob> blob = await(store->append(key, {}, QByteArray(1000, 'a')));
        blob = await(store->append(key, *blob, QByteArray(1000, 'b')));
        QVERIFY(blob);
        QVERIFY(ask("GET", {}, {{"prefix", key}}).body.contains(".tail-"));
        QVERIFY(await(store->finish(key, *blob)));
        const QByteArray listed = ask("GET", {}, {{"prefix", key}}).body;
        QVERIFY(listed.contains(key));
        QVERIFY(!listed.contains(".tail-"));
    }

    /// Case J3.
    void beginsAnewWhenTheBucketEndedTheUpload()
    {
        const auto store = makeStore();
        const BlobKey key = newKey();
        const Result<UnfinishedBlob> blob = await(store->append(key, {}, QByteArray(6 * 1024 * 1024, 'a')));
        QVERIFY(blob);
        const QByteArray uploadId = UnfinishedParts::decode(blob->state)->uploadId;
        QCOMPARE(ask("DELETE", key, {{"uploadId", uploadId}}).status, 204);
        const Result<UnfinishedBlob> refused = await(store->append(key, *blob, QByteArray(6 * 1024 * 1024, 'b')));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::NotFound);
        QVERIFY(await(store->abandon(key, *blob)));
        QVERIFY(!ask("GET", {}, {{"prefix", key}}).body.contains(key + '.'));
    }

    void signsKeysOfAnyCharacters_data()
    {
        QTest::addColumn<QByteArray>("key");
        for (const char *key : {"a b", "a=b", "a+b", "a:b", "a%b", "a%20b", "\303\251", "e\314\201", "\360\237\230\200",
                                "a//b", "a/b/", "a?b", "a#b", "a&b", "a~b", "a'b(c)*!"})
            QTest::newRow(key) << QByteArray(key);
    }
    /// Case J18.
    void signsKeysOfAnyCharacters()
    {
        QFETCH(QByteArray, key);
        QCOMPARE(ask("PUT", key, {}, "value of " + key).status, 200);
        QCOMPARE(ask("GET", key).body, "value of " + key);
        QCOMPARE(ask("DELETE", key).status, 204);
        QCOMPARE(ask("GET", key).status, 404);
    }

    void linksWorkWithoutKeysUntilTheyEnd()
    {
        const auto store = makeStore();
        const BlobKey key = newKey();
        QVERIFY(await(store->put(key, "for everybody who has the link")));
        const BlobLink wanted{"text/plain", "attachment; filename*=UTF-8''%C3%A9%20%2B.txt", 60};
        const Fetched fetched = fetch(*store->link(key, wanted));
        QCOMPARE(fetched.status, 200);
        QCOMPARE(fetched.body, QByteArray("for everybody who has the link"));
        QCOMPARE(fetched.type, wanted.contentType);
        QCOMPARE(fetched.disposition, wanted.contentDisposition);

        // As a server made it whose time was two minutes ago.
        ManualClock past(m_clock.utcMs() - 120'000);
        S3BlobStore earlier(url(), access(), past);
        QCOMPARE(fetch(*earlier.link(key, wanted)).status, 403);
        QUrl changed = *store->link(key, wanted);
        changed.setPath(changed.path() + u"x"_s);
        QCOMPARE(fetch(changed).status, 403);
    }

    void signsByTheTimeOfS3WhenItsOwnIsWrong_data()
    {
        QTest::addColumn<qint64>("minutes");
        QTest::newRow("an hour late") << qint64(-60);
        QTest::newRow("an hour early") << qint64(60);
    }
    /// Case J15.
    void signsByTheTimeOfS3WhenItsOwnIsWrong()
    {
        QFETCH(qint64, minutes);
        ManualClock wrong(m_clock.utcMs() + minutes * 60'000);
        S3BlobStore store(url(), access(), wrong);
        const BlobKey key = newKey();
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"signing by its time"_s));
        QVERIFY(await(store.put(key, "on time")));
        QCOMPARE(fetch(*store.link(key, {"text/plain", "inline", 60})).body, QByteArray("on time"));
    }

    void saysWhatIsWrongWithTheBucketOrTheKeys()
    {
        S3Url other = url();
        other.bucket = u"no-such-bucket"_s;
        S3BlobStore nowhere(other, access(), m_clock);
        QVERIFY(await(nowhere.ready()).error().message.contains(u"blobs.url"_s));
        S3Access wrong = access();
        wrong.secretKey = "wrong";
        S3BlobStore stranger(url(), wrong, m_clock);
        QVERIFY(await(stranger.ready()).error().message.contains(u"blobs.secret_key"_s));
        QCOMPARE(await(stranger.put(newKey(), "x")).error().code, ErrorCode::Unavailable);
    }

    void waitsForAGatewayThatIsStopped()
    {
        const auto store = makeStore();
        const BlobKey key = newKey();
        m_server.signalGateway(SIGSTOP);
        Task<Done> put = store->put(key, "late");
        m_server.signalGateway(SIGCONT);
        QVERIFY(await(std::move(put)));
        QCOMPARE(await(store->read(key, 0, 10)).value_or("?"), QByteArray("late"));
    }

    void saysThatS3IsAwayAndGoesOn()
    {
        S3Url away = url();
        away.endpoint.setPort(1); // nobody listens there
        S3BlobStore store(away, access(), m_clock);
        QCOMPARE(await(store.put(newKey(), "x")).error().code, ErrorCode::Unavailable);
        QCOMPARE(await(store.ready()).error().code, ErrorCode::Unavailable);
    }
};

CONFAB_TEST_CLASS(tst_S3BlobStore)
#include "tst_S3BlobStore.moc"
