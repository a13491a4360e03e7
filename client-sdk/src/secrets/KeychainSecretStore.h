// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/SecretStore.h>

#include <QtCore/QObject>

namespace QKeychain {
class Job;
}

namespace confab::client {

/// Secrets in the system's keyring, through QtKeychain.
///
/// QtKeychain reports a locked collection as EntryNotFound when reading and as AccessDenied when writing; who asks for
/// a secret that is known to exist must take NotFound for "locked". A service that is silent for 5 s is unavailable.
/// Its jobs run in the main thread, the only one QtKeychain's queue is safe in; this object may live in another.
class KeychainSecretStore final : public QObject, public SecretStore
{
    Q_OBJECT

public:
    explicit KeychainSecretStore(const QString &service) : m_service(service) { }

    void read(const QString &key, ReadCallback callback) override;
    void write(const QString &key, const QByteArray &secret, WriteCallback callback) override;
    void remove(const QString &key, WriteCallback callback) override;

private:
    void start(std::function<QKeychain::Job *()> makeJob, const QString &key, ReadCallback callback);

    QString m_service;
};

} // namespace confab::client
