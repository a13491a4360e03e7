// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QHash>
#include <QtCore/QProcess>

namespace confab::test {

/// A real S3 on the loopback, as `./dev s3` starts it. It goes with the object, and with a test that dies.
class S3Server
{
public:
    S3Server() = default;
    ~S3Server();
    Q_DISABLE_COPY_MOVE(S3Server)

    /// False when it does not answer within two minutes.
    bool start();

    QString url() const { return value("S3_URL"); } ///< Of its bucket, as blobs.url has it.
    QByteArray accessKey() const { return value("S3_ACCESS_KEY").toLatin1(); }
    QByteArray secretKey() const { return value("S3_SECRET_KEY").toLatin1(); }
    void signalGateway(int number) const; ///< To what speaks S3.

private:
    QString value(const char *name) const { return m_values.value(QString::fromLatin1(name)); }

    QProcess m_process;
    QHash<QString, QString> m_values;
};

} // namespace confab::test
