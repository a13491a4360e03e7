// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/SecretStore.h>

#include <QtCore/QHash>

namespace confab::client {

/// Secrets for as long as the object lives.
class MemorySecretStore final : public SecretStore
{
public:
    void read(const QString &key, ReadCallback callback) override
    {
        const auto found = m_secrets.constFind(key);
        if (found == m_secrets.cend())
            callback(SecretOutcome::NotFound, {});
        else
            callback(SecretOutcome::Found, *found);
    }
    void write(const QString &key, const QByteArray &secret, WriteCallback callback) override
    {
        m_secrets.insert(key, secret);
        callback(SecretOutcome::Found);
    }
    void remove(const QString &key, WriteCallback callback) override
    {
        callback(m_secrets.remove(key) ? SecretOutcome::Found : SecretOutcome::NotFound);
    }

private:
    QHash<QString, QByteArray> m_secrets;
};

} // namespace confab::client
