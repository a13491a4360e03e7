// SPDX-License-Identifier: MIT
#include "client-sdk/src/secrets/SessionKeeper.h"

#include "client-sdk/src/engine/Log.h"

namespace confab::client {

using namespace Qt::StringLiterals;

SessionKeeper::SessionKeeper(LocalStore &store, MakeStore makeStore, SecretPolicy policy)
    : m_store(store), m_makeStore(std::move(makeStore)), m_policy(policy)
{
}

void SessionKeeper::opened()
{
    if (const QByteArray stored = m_store.meta(u"secretPolicy"_s); !stored.isEmpty())
        m_policy = static_cast<SecretPolicy>(stored.toInt());
}

void SessionKeeper::setPolicy(SecretPolicy policy)
{
    if (policy == m_policy)
        return;
    m_policy = policy;
    m_secrets.reset();
}

bool SessionKeeper::hasSecret() const
{
    return !m_store.meta(u"secretPolicy"_s).isEmpty();
}

void SessionKeeper::load(SecretStore::ReadCallback callback)
{
    secrets().read(key(), std::move(callback));
}

// The fact is written after the secret: a kill between the two asks for a sign-in, and loses nothing else.
void SessionKeeper::keep(const QByteArray &token, SecretStore::WriteCallback callback)
{
    secrets().write(key(), token, [this, policy = m_policy, callback = std::move(callback)](SecretOutcome outcome) {
        if (outcome == SecretOutcome::Found) {
            const Result<Done> done = m_store.write(Durability::Flushed, [&] {
                m_store.setMeta(u"secretPolicy"_s, QByteArray::number(static_cast<int>(policy)));
            });
            if (!done)
                qCWarning(lcSession) << "place of the secret not noted:" << done.error().message;
        }
        callback(outcome);
    });
}

void SessionKeeper::forget(SecretStore::WriteCallback callback)
{
    secrets().remove(key(), std::move(callback));
}

SecretStore &SessionKeeper::secrets()
{
    if (!m_secrets)
        m_secrets = m_makeStore(m_policy);
    return *m_secrets;
}

// Profiles of one machine share a keyring, so each has a name of its own in it.
QString SessionKeeper::key()
{
    QByteArray id = m_store.meta(u"profileId"_s);
    if (id.isEmpty()) {
        id = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
        const Result<Done> done = m_store.write(Durability::Flushed, [&] { m_store.setMeta(u"profileId"_s, id); });
        if (!done)
            qCWarning(lcSession) << "profile not named:" << done.error().message;
    }
    return u"session/"_s + QString::fromLatin1(id);
}

} // namespace confab::client
