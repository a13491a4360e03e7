// SPDX-License-Identifier: MIT
#include "client-sdk/src/secrets/FileSecretStore.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QSaveFile>

namespace confab::client {

using namespace Qt::StringLiterals;

void FileSecretStore::read(const QString &key, ReadCallback callback)
{
    QFile file(pathOf(key));
    if (!file.exists())
        callback(SecretOutcome::NotFound, {});
    else if (!file.open(QIODevice::ReadOnly))
        callback(SecretOutcome::Unavailable, {});
    else
        callback(SecretOutcome::Found, file.readAll());
}

void FileSecretStore::write(const QString &key, const QByteArray &secret, WriteCallback callback)
{
    QDir().mkpath(m_directory);
    QSaveFile file(pathOf(key));
    // Permissions first: the secret is never in a file that others may read.
    const bool written = file.open(QIODevice::WriteOnly) &&
                         file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner) &&
                         file.write(secret) == secret.size() && file.commit();
    callback(written ? SecretOutcome::Found : SecretOutcome::Unavailable);
}

void FileSecretStore::remove(const QString &key, WriteCallback callback)
{
    const QString path = pathOf(key);
    if (!QFile::exists(path))
        callback(SecretOutcome::NotFound);
    else
        callback(QFile::remove(path) ? SecretOutcome::Found : SecretOutcome::Unavailable);
}

QString FileSecretStore::pathOf(const QString &key) const
{
    const QByteArray hash = QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Sha256).toHex().left(32);
    return QDir(m_directory).filePath(u"secret-"_s + QString::fromLatin1(hash));
}

} // namespace confab::client
