// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/store/LocalStore.h"

#include <Confab/SecretStore.h>

namespace confab::client {

/// Keeps the session's token where the person wants it, and the fact that there is one in the store: a secret store
/// that does not answer, or says that it has nothing, never signs anybody out.
class SessionKeeper
{
public:
    using MakeStore = std::function<std::unique_ptr<SecretStore>(SecretPolicy policy)>;

    SessionKeeper(LocalStore &store, MakeStore makeStore, SecretPolicy policy);

    /// The profile is open: learn which policy its secret was stored under.
    void opened();
    SecretPolicy policy() const { return m_policy; }
    /// From now on; the secret of the old place stays there until the next keep().
    void setPolicy(SecretPolicy policy);
    /// Whether a token was kept somewhere that outlives the process.
    bool hasSecret() const;

    void load(SecretStore::ReadCallback callback);
    void keep(const QByteArray &token, SecretStore::WriteCallback callback);
    void forget(SecretStore::WriteCallback callback);

private:
    SecretStore &secrets();
    QString key();

    LocalStore &m_store;
    MakeStore m_makeStore;
    SecretPolicy m_policy;
    std::unique_ptr<SecretStore> m_secrets;
};

} // namespace confab::client
