// SPDX-License-Identifier: MIT
#include "server/services/events/Envelope.h"
#include "tests/support/TestClass.h"

using namespace confab;
using namespace confab::server;

namespace {
Envelope sample()
{
    return {Envelope::Kind::Joined,
            ConversationId(QUuid::createUuid()),
            UserId(QUuid::createUuid()),
            SessionId(QUuid::createUuid()),
            SessionId(QUuid::createUuid()),
            1234567890123,
            QByteArray("\0frame", 6),
            77,
            Worth::Fleeting};
}
} // namespace

class tst_Envelope : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas()
    {
        const Envelope sent = sample();
        const Result<Envelope> got = decodeEnvelope(encodeEnvelope(sent));
        QVERIFY(got);
        QCOMPARE(got->kind, sent.kind);
        QCOMPARE(got->conversationId, sent.conversationId);
        QCOMPARE(got->userId, sent.userId);
        QCOMPARE(got->sessionId, sent.sessionId);
        QCOMPARE(got->exceptSession, sent.exceptSession);
        QCOMPARE(got->messageId, sent.messageId);
        QCOMPARE(got->revision, sent.revision);
        QCOMPARE(got->worth, sent.worth);
        QCOMPARE(got->frame, sent.frame);
    }

    void idsThatAreNotSetStayNull()
    {
        Envelope sent;
        sent.kind = Envelope::Kind::SessionEnded;
        sent.sessionId = SessionId(QUuid::createUuid());
        const Result<Envelope> got = decodeEnvelope(encodeEnvelope(sent));
        QVERIFY(got);
        QCOMPARE(got->sessionId, sent.sessionId);
        QVERIFY(got->conversationId.isNull());
        QVERIFY(got->userId.isNull());
        QVERIFY(got->exceptSession.isNull());
        QVERIFY(got->frame.isEmpty());
    }

    void refusesWhatIsCutShortOrUnknown()
    {
        const QByteArray bytes = encodeEnvelope(sample());
        for (qsizetype size = 0; size < bytes.size() - 6; ++size)
            QVERIFY(!decodeEnvelope(bytes.left(size)));
        QByteArray otherVersion = bytes;
        otherVersion[0] = 1;
        QVERIFY(!decodeEnvelope(otherVersion));
        QByteArray otherKind = bytes;
        otherKind[1] = 99;
        QVERIFY(!decodeEnvelope(otherKind));
        QByteArray otherWorth = bytes;
        otherWorth[82] = 3;
        QVERIFY(!decodeEnvelope(otherWorth));
    }

    void topicsAreFewAndFixed()
    {
        QSet<QByteArray> topics;
        for (int i = 0; i < 20'000; ++i)
            topics += conversationTopic(ConversationId(QUuid::createUuid()));
        QVERIFY(topics.size() <= 1024);
        QVERIFY(topics.size() > 1000);
        const QUuid id = QUuid::createUuid();
        QCOMPARE(userTopic(UserId(id)), userTopic(UserId(id)));
        QVERIFY(userTopic(UserId(id)) != conversationTopic(ConversationId(id)));
    }
};

CONFAB_TEST_CLASS(tst_Envelope)
#include "tst_Envelope.moc"
