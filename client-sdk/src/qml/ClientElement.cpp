// SPDX-License-Identifier: MIT
#include "client-sdk/src/qml/ClientElement.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QMetaEnum>
#include <QtCore/QStandardPaths>
#include <QtQml/QJSEngine>

#include <algorithm>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

/// Gives an action to the QML engine once it is over; until then nobody may collect it, or its handlers would not run.
Action *given(Action *action)
{
    if (!action->isRunning())
        return action;
    QJSEngine::setObjectOwnership(action, QJSEngine::CppOwnership);
    QObject::connect(
        action, &Action::finished, action,
        [action] { QJSEngine::setObjectOwnership(action, QJSEngine::JavaScriptOwnership); }, Qt::QueuedConnection);
    return action;
}

template<typename T>
Action *given(const QFuture<Result<T>> &future)
{
    return given(Action::of(future));
}

Action *notStarted()
{
    return Action::failing(Error::unavailable(ClientElement::tr("The client has not started.")));
}

Action *noId(const QString &field)
{
    return Action::failing(Error::invalid(field, ClientElement::tr("This is not an id.")));
}

std::optional<QList<UserId>> userIdsOf(const QStringList &texts)
{
    QList<UserId> ids;
    for (const QString &text : texts) {
        const std::optional<UserId> id = UserId::fromString(text);
        if (!id)
            return std::nullopt;
        ids.append(*id);
    }
    return ids;
}

} // namespace

ClientElement::ClientElement(QObject *parent) : QObject(parent) { }

ClientElement::~ClientElement()
{
    // Models that show this client let go of it while it is still whole.
    const std::unique_ptr<Client> client = std::move(m_client);
    Q_EMIT clientChanged();
}

void ClientElement::componentComplete()
{
    ClientSettings settings;
    settings.serverUrl = m_serverUrl;
    settings.profileDirectory = profileDirectory();
    settings.deviceName = m_deviceName;
    settings.secretPolicy = static_cast<client::SecretPolicy>(m_secretPolicy);
    m_client = std::make_unique<Client>(settings);
    Client *client = m_client.get();
    connect(client, &Client::serverUrlChanged, this, &ClientElement::serverUrlChanged);
    connect(client, &Client::stateChanged, this, &ClientElement::stateChanged);
    connect(client, &Client::meChanged, this, &ClientElement::meChanged);
    connect(client, &Client::serverInfoChanged, this, &ClientElement::serverInfoChanged);
    connect(client, &Client::storageFullChanged, this, &ClientElement::storageFullChanged);
    connect(client, &Client::ownPresenceChanged, this, &ClientElement::ownPresenceChanged);
    connect(client, &Client::messageReceived, this, &ClientElement::messageReceived);
    const auto updateSignedIn = [this] {
        if (const bool now = isSignedIn(); std::exchange(m_signedIn, now) != now)
            Q_EMIT signedInChanged();
    };
    connect(client, &Client::stateChanged, this, updateSignedIn);
    connect(client, &Client::meChanged, this, updateSignedIn);
    Q_EMIT clientChanged();
    Q_EMIT stateChanged();
    updateSignedIn();
}

QString ClientElement::profileDirectory() const
{
    if (QDir::isAbsolutePath(m_profile))
        return m_profile;
    const QString root = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation);
    return QDir(root).filePath("profiles/"_L1 + (m_profile.isEmpty() ? u"default"_s : m_profile));
}

QUrl ClientElement::serverUrl() const
{
    return m_client ? m_client->serverUrl() : m_serverUrl;
}

void ClientElement::setServerUrl(const QUrl &url)
{
    if (m_client) {
        m_client->setServerUrl(url);
        return;
    }
    if (m_serverUrl == url)
        return;
    m_serverUrl = url;
    Q_EMIT serverUrlChanged();
}

void ClientElement::setProfile(const QString &profile)
{
    if (m_client || m_profile == profile)
        return;
    m_profile = profile;
    Q_EMIT profileChanged();
}

void ClientElement::setDeviceName(const QString &name)
{
    if (m_client || m_deviceName == name)
        return;
    m_deviceName = name;
    Q_EMIT deviceNameChanged();
}

void ClientElement::setSecretPolicy(SecretPolicy policy)
{
    if (m_secretPolicy == policy)
        return;
    m_secretPolicy = policy;
    if (m_client)
        m_client->setSecretPolicy(static_cast<client::SecretPolicy>(policy));
    Q_EMIT secretPolicyChanged();
}

QString ClientElement::stateName() const
{
    const Client::State state = m_client ? m_client->state() : Client::State::Starting;
    return QString::fromLatin1(QMetaEnum::fromType<Client::State>().valueToKey(static_cast<int>(state)));
}

QString ClientElement::stateReason() const
{
    return m_client ? m_client->stateReason() : QString();
}

bool ClientElement::isOnline() const
{
    return m_client && (m_client->state() == Client::State::Online || m_client->state() == Client::State::Updating);
}

bool ClientElement::isSignedIn() const
{
    return m_client && !m_client->me().id.isNull() && m_client->state() != Client::State::SignedOut;
}

User ClientElement::me() const
{
    return m_client ? m_client->me() : User();
}

ServerInfo ClientElement::serverInfo() const
{
    return m_client ? m_client->serverInfo() : ServerInfo();
}

bool ClientElement::isStorageFull() const
{
    return m_client && m_client->isStorageFull();
}

OwnPresence ClientElement::ownPresence() const
{
    return m_client ? m_client->ownPresence() : OwnPresence();
}

Action *ClientElement::fetchServerInfo()
{
    return m_client ? given(m_client->fetchServerInfo()) : notStarted();
}

Action *ClientElement::signIn(const QString &handle, const QString &password)
{
    return m_client ? given(m_client->signIn(handle, password)) : notStarted();
}

Action *ClientElement::registerAccount(const QString &handle, const QString &displayName, const QString &password,
                                       const QString &inviteCode)
{
    return m_client ? given(m_client->registerAccount(handle, displayName, password, inviteCode)) : notStarted();
}

Action *ClientElement::signOut()
{
    return m_client ? given(m_client->signOut()) : notStarted();
}

Action *ClientElement::changePassword(const QString &currentPassword, const QString &newPassword)
{
    return m_client ? given(m_client->changePassword(currentPassword, newPassword)) : notStarted();
}

Action *ClientElement::deleteAccount(const QString &password)
{
    return m_client ? given(m_client->deleteAccount(password)) : notStarted();
}

Action *ClientElement::unlockAndRetry()
{
    return m_client ? given(m_client->unlockAndRetry()) : notStarted();
}

void ClientElement::probe()
{
    if (m_client)
        m_client->probe();
}

Action *ClientElement::updateDisplayName(const QString &displayName)
{
    return m_client ? given(m_client->updateDisplayName(displayName)) : notStarted();
}

Action *ClientElement::createDirect(const QString &userId)
{
    if (!m_client)
        return notStarted();
    const std::optional<UserId> id = UserId::fromString(userId);
    return id ? given(m_client->createDirect(*id)) : noId(u"userId"_s);
}

Action *ClientElement::createGroup(const QString &title, const QStringList &userIds)
{
    if (!m_client)
        return notStarted();
    const std::optional<QList<UserId>> ids = userIdsOf(userIds);
    return ids ? given(m_client->createGroup(title, *ids)) : noId(u"userIds"_s);
}

Action *ClientElement::renameConversation(const QString &conversationId, const QString &title)
{
    if (!m_client)
        return notStarted();
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    return id ? given(m_client->renameConversation(*id, title)) : noId(u"conversationId"_s);
}

Action *ClientElement::addMembers(const QString &conversationId, const QStringList &userIds)
{
    if (!m_client)
        return notStarted();
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    const std::optional<QList<UserId>> ids = userIdsOf(userIds);
    if (!id)
        return noId(u"conversationId"_s);
    return ids ? given(m_client->addMembers(*id, *ids)) : noId(u"userIds"_s);
}

Action *ClientElement::removeMember(const QString &conversationId, const QString &userId)
{
    if (!m_client)
        return notStarted();
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    const std::optional<UserId> user = UserId::fromString(userId);
    if (!id)
        return noId(u"conversationId"_s);
    return user ? given(m_client->removeMember(*id, *user)) : noId(u"userId"_s);
}

Action *ClientElement::leave(const QString &conversationId)
{
    if (!m_client)
        return notStarted();
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    return id ? given(m_client->leave(*id)) : noId(u"conversationId"_s);
}

Action *ClientElement::markUnread(const QString &conversationId)
{
    if (!m_client)
        return notStarted();
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    return id ? given(m_client->markUnread(*id)) : noId(u"conversationId"_s);
}

void ClientElement::setTyping(const QString &conversationId, bool typing)
{
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    if (m_client && id)
        m_client->setTyping(*id, typing);
}

void ClientElement::setAway(bool away)
{
    if (m_client)
        m_client->setAway(away);
}

Action *ClientElement::setStatus(const QString &text, const QDateTime &expiresAt)
{
    if (!m_client)
        return notStarted();
    return given(m_client->setStatus(text, expiresAt.isValid() ? expiresAt.toMSecsSinceEpoch() : 0));
}

Action *ClientElement::setLastSeenHidden(bool hidden)
{
    return m_client ? given(m_client->setLastSeenHidden(hidden)) : notStarted();
}

Action *ClientElement::draft(const QString &conversationId)
{
    if (!m_client)
        return notStarted();
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    return id ? given(m_client->draft(*id)) : noId(u"conversationId"_s);
}

Action *ClientElement::setDraft(const QString &conversationId, const QString &text)
{
    if (!m_client)
        return notStarted();
    const std::optional<ConversationId> id = ConversationId::fromString(conversationId);
    return id ? given(m_client->setDraft(*id, text)) : noId(u"conversationId"_s);
}

/// Without the conversions of ids, Qt 6.4 reads them as empty text in QML, silently.
Q_CONSTRUCTOR_FUNCTION(registerTypes)

} // namespace confab::client
