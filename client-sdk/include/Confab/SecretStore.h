// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Export.h>
#include <Confab/Types.h>

#include <QtCore/QByteArray>

#include <functional>

namespace confab::client {

/// Where a client keeps its session's token.
enum class SecretPolicy {
    Keyring,     ///< The system's keyring (Secret Service, Keychain, Credential Store, Keystore). The default.
    PlainFile,   ///< A file in the profile that only this system user may read. For machines without a keyring.
    SessionOnly, ///< Nowhere: signing in is needed after each start.
};

/// What asking a secret store gave.
enum class SecretOutcome {
    Found,
    NotFound,    ///< Answered: there is none. Keyrings say so of a locked collection as well.
    Unavailable, ///< No answer: locked, refused, or silent for 5 s.
    Missing,     ///< There is no such store on this machine.
};

/// A place for secrets: one per key, read and written whole.
///
/// Every call returns at once and calls back once, in the thread that called. Implementations belong to one thread,
/// which has an event loop; a callback never comes after the store was destroyed.
class CONFAB_CLIENT_EXPORT SecretStore
{
public:
    using ReadCallback = std::function<void(SecretOutcome outcome, const QByteArray &secret)>;
    using WriteCallback = std::function<void(SecretOutcome outcome)>;

    virtual ~SecretStore();

    virtual void read(const QString &key, ReadCallback callback) = 0;
    /// Replaces what was there. `Found` in the answer says that it is stored.
    virtual void write(const QString &key, const QByteArray &secret, WriteCallback callback) = 0;
    /// Idempotent. `Found` or `NotFound` in the answer says that it is gone.
    virtual void remove(const QString &key, WriteCallback callback) = 0;
};

} // namespace confab::client
