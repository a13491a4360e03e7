// SPDX-License-Identifier: MIT
#include "server/backends/blobs/s3/AwsSigner.h"
#include "tests/support/TestClass.h"

#include <QtTest/QTest>

using namespace confab::server;
using namespace Qt::StringLiterals;

/// Signatures, against the examples that Amazon publishes:
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
class tst_AwsSigner : public QObject
{
    Q_OBJECT

    const AwsSigner m_signer{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"};
    const QDateTime m_time{QDate(2013, 5, 24), QTime(0, 0), Qt::UTC};
    const QByteArray m_empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    QByteArray signature(const AwsSigner::Request &request, const QByteArray &hash) const
    {
        const QByteArray authorization = m_signer.headers(request, hash, m_time).last().second;
        return authorization.sliced(authorization.indexOf("Signature=") + 10);
    }

private Q_SLOTS:
    void signsAsInTheExamples()
    {
        const QByteArray host = "examplebucket.s3.amazonaws.com";
        QCOMPARE(signature({"GET", host, "/test.txt", {}, {{"range", "bytes=0-9"}}}, m_empty),
                 QByteArray("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
        QCOMPARE(signature({"PUT",
                            host,
                            "/test$file.text",
                            {},
                            {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}},
                           "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
                 QByteArray("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
        QCOMPARE(signature({"GET", host, "/", {{"lifecycle", ""}}, {}}, m_empty),
                 QByteArray("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
        QCOMPARE(signature({"GET", host, "/", {{"max-keys", "2"}, {"prefix", "J"}}, {}}, m_empty),
                 QByteArray("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
    }

    void makesTheLinkOfTheExample()
    {
        const QByteArray query =
            m_signer.presignedQuery({"GET", "examplebucket.s3.amazonaws.com", "/test.txt", {}, {}}, 86400, m_time);
        QCOMPARE(query.sliced(query.indexOf("X-Amz-Signature=") + 16),
                 QByteArray("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
    }

    /// Case J18.
    void encodesEachByteOnce()
    {
        QCOMPARE(AwsSigner::encode("a b/c+d=e~f%20", true), QByteArray("a%20b/c%2Bd%3De~f%2520"));
        QCOMPARE(AwsSigner::encode("a/b", false), QByteArray("a%2Fb"));
        QCOMPARE(AwsSigner::encodeQuery({{"b", "2"}, {"a", "x y"}, {"c", ""}}), QByteArray("a=x%20y&b=2&c="));
    }
};

CONFAB_TEST_CLASS(tst_AwsSigner)
#include "tst_AwsSigner.moc"
