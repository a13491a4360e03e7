// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/SecretStore.h>

namespace confab::client {

/// Secrets in files of a folder that only the system's user may read (mode 0600).
class FileSecretStore final : public SecretStore
{
public:
    explicit FileSecretStore(const QString &directory) : m_directory(directory) { }

    void read(const QString &key, ReadCallback callback) override;
    void write(const QString &key, const QByteArray &secret, WriteCallback callback) override;
    void remove(const QString &key, WriteCallback callback) override;

private:
    QString pathOf(const QString &key) const;

    QString m_directory;
};

} // namespace confab::client
