// SPDX-License-Identifier: MIT
#include "client-sdk/src/secrets/KeychainSecretStore.h"

#include "client-sdk/src/engine/Log.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <qt6keychain/keychain.h>

namespace confab::client {

namespace {

constexpr int kAnswerWithinMs = 5'000;

SecretOutcome outcomeOf(QKeychain::Error error)
{
    switch (error) {
    case QKeychain::NoError:
        return SecretOutcome::Found;
    case QKeychain::EntryNotFound:
        return SecretOutcome::NotFound;
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return SecretOutcome::Missing;
    default:
        return SecretOutcome::Unavailable;
    }
}

} // namespace

void KeychainSecretStore::read(const QString &key, ReadCallback callback)
{
    start([service = m_service] { return new QKeychain::ReadPasswordJob(service); }, key, std::move(callback));
}

void KeychainSecretStore::write(const QString &key, const QByteArray &secret, WriteCallback callback)
{
    start(
        [service = m_service, secret] {
            auto *job = new QKeychain::WritePasswordJob(service);
            job->setBinaryData(secret);
            return job;
        },
        key, [callback = std::move(callback)](SecretOutcome outcome, const QByteArray &) { callback(outcome); });
}

void KeychainSecretStore::remove(const QString &key, WriteCallback callback)
{
    start([service = m_service] { return new QKeychain::DeletePasswordJob(service); }, key,
          [callback = std::move(callback)](SecretOutcome outcome, const QByteArray &) { callback(outcome); });
}

// Whichever comes first, the answer or the end of patience, is the only one told. The relay carries the answer back
// into this thread, and outlives this object while a job is under way.
void KeychainSecretStore::start(std::function<QKeychain::Job *()> makeJob, const QString &key, ReadCallback callback)
{
    const std::shared_ptr<QObject> relay(new QObject, [](QObject *object) { object->deleteLater(); });
    const auto isOpen = std::make_shared<bool>(true);
    auto answer = [self = QPointer<QObject>(this), isOpen, callback = std::move(callback)](SecretOutcome outcome,
                                                                                           const QByteArray &secret) {
        if (self && std::exchange(*isOpen, false))
            callback(outcome, secret);
    };
    QTimer::singleShot(kAnswerWithinMs, this, [answer] { answer(SecretOutcome::Unavailable, {}); });
    const auto run = [relay, answer, makeJob = std::move(makeJob), key] {
        QKeychain::Job *job = makeJob();
        job->setAutoDelete(true);
        job->setInsecureFallback(false);
        job->setKey(key);
        QObject::connect(job, &QKeychain::Job::finished, job, [relay, answer](QKeychain::Job *done) {
            if (done->error() != QKeychain::NoError)
                qCInfo(lcSession) << "keyring answered" << static_cast<int>(done->error()) << done->errorString();
            const SecretOutcome outcome = outcomeOf(done->error());
            QByteArray secret;
            if (const auto *read = qobject_cast<QKeychain::ReadPasswordJob *>(done))
                secret = read->binaryData();
            QMetaObject::invokeMethod(
                relay.get(), [answer, outcome, secret] { answer(outcome, secret); }, Qt::QueuedConnection);
        });
        job->start();
    };
    QMetaObject::invokeMethod(QCoreApplication::instance(), run, Qt::QueuedConnection);
}

} // namespace confab::client
