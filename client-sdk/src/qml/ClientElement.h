// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Action.h>
#include <Confab/Client.h>

#include <QtCore/QDateTime>
#include <QtCore/QPointer>
#include <QtCore/QStringList>
#include <QtQml/QQmlParserStatus>
#include <QtQml/qqml.h>

namespace confab::client {

/// `Client` in QML: a client whose settings are properties. It starts when the element is complete.
///
/// Ids are text here. Every call returns an Action, which belongs to the QML engine.
class ClientElement : public QObject, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(Client)

    /// The server, with scheme, host and port. Empty: the one the profile last signed in to. After the start it can be
    /// changed only while signed out.
    Q_PROPERTY(QUrl serverUrl READ serverUrl WRITE setServerUrl NOTIFY serverUrlChanged)
    /// The name of a profile in the app's own data folder, or the absolute path of a folder. Fixed at the start.
    Q_PROPERTY(QString profile READ profile WRITE setProfile NOTIFY profileChanged)
    Q_PROPERTY(QString deviceName READ deviceName WRITE setDeviceName NOTIFY deviceNameChanged)
    Q_PROPERTY(SecretPolicy secretPolicy READ secretPolicy WRITE setSecretPolicy NOTIFY secretPolicyChanged)
    /// The name of a Client::State: "Online", "SignedOut", …
    Q_PROPERTY(QString state READ stateName NOTIFY stateChanged)
    Q_PROPERTY(QString stateReason READ stateReason NOTIFY stateChanged)
    Q_PROPERTY(bool online READ isOnline NOTIFY stateChanged)
    Q_PROPERTY(bool signedIn READ isSignedIn NOTIFY signedInChanged)
    Q_PROPERTY(confab::User me READ me NOTIFY meChanged)
    Q_PROPERTY(confab::ServerInfo serverInfo READ serverInfo NOTIFY serverInfoChanged)
    Q_PROPERTY(bool storageFull READ isStorageFull NOTIFY storageFullChanged)
    Q_PROPERTY(confab::OwnPresence ownPresence READ ownPresence NOTIFY ownPresenceChanged)

public:
    /// Where the session's token is kept; the same as confab::client::SecretPolicy.
    enum class SecretPolicy { Keyring, PlainFile, SessionOnly };
    Q_ENUM(SecretPolicy)

    explicit ClientElement(QObject *parent = nullptr);
    ~ClientElement() override;

    /// The client behind it; null before the element is complete.
    Client *client() const { return m_client.get(); }

    QUrl serverUrl() const;
    void setServerUrl(const QUrl &url);
    QString profile() const { return m_profile; }
    void setProfile(const QString &profile);
    QString deviceName() const { return m_deviceName; }
    void setDeviceName(const QString &name);
    SecretPolicy secretPolicy() const { return m_secretPolicy; }
    void setSecretPolicy(SecretPolicy policy);
    QString stateName() const;
    QString stateReason() const;
    bool isOnline() const;
    bool isSignedIn() const;
    User me() const;
    ServerInfo serverInfo() const;
    bool isStorageFull() const;
    OwnPresence ownPresence() const;

    void classBegin() override { }
    void componentComplete() override;

    Q_INVOKABLE confab::client::Action *fetchServerInfo();
    Q_INVOKABLE confab::client::Action *signIn(const QString &handle, const QString &password);
    Q_INVOKABLE confab::client::Action *registerAccount(const QString &handle, const QString &displayName,
                                                        const QString &password, const QString &inviteCode = {});
    Q_INVOKABLE confab::client::Action *signOut();
    Q_INVOKABLE confab::client::Action *changePassword(const QString &currentPassword, const QString &newPassword);
    Q_INVOKABLE confab::client::Action *deleteAccount(const QString &password);
    Q_INVOKABLE confab::client::Action *unlockAndRetry();
    Q_INVOKABLE void probe();
    Q_INVOKABLE confab::client::Action *updateDisplayName(const QString &displayName);
    /// Its value is the Conversation; `value.id` names it from then on.
    Q_INVOKABLE confab::client::Action *createDirect(const QString &userId);
    Q_INVOKABLE confab::client::Action *createGroup(const QString &title, const QStringList &userIds);
    Q_INVOKABLE confab::client::Action *renameConversation(const QString &conversationId, const QString &title);
    Q_INVOKABLE confab::client::Action *addMembers(const QString &conversationId, const QStringList &userIds);
    Q_INVOKABLE confab::client::Action *removeMember(const QString &conversationId, const QString &userId);
    Q_INVOKABLE confab::client::Action *leave(const QString &conversationId);
    Q_INVOKABLE confab::client::Action *markUnread(const QString &conversationId);
    Q_INVOKABLE void setTyping(const QString &conversationId, bool typing);
    Q_INVOKABLE void setAway(bool away);
    /// \a expiresAt: a Date; left out, the status stays until it is taken away. Its value is the OwnPresence.
    Q_INVOKABLE confab::client::Action *setStatus(const QString &text, const QDateTime &expiresAt = {});
    Q_INVOKABLE confab::client::Action *setLastSeenHidden(bool hidden);
    /// Its value is what was typed and not sent.
    Q_INVOKABLE confab::client::Action *draft(const QString &conversationId);
    Q_INVOKABLE confab::client::Action *setDraft(const QString &conversationId, const QString &text);

Q_SIGNALS:
    /// client() is there, or about to go.
    void clientChanged();
    void serverUrlChanged();
    void profileChanged();
    void deviceNameChanged();
    void secretPolicyChanged();
    void stateChanged();
    void signedInChanged();
    void meChanged();
    void serverInfoChanged();
    void storageFullChanged();
    void ownPresenceChanged();
    /// Somebody else wrote something new while the client was online; for notifications.
    void messageReceived(const confab::Message &message);

private:
    QString profileDirectory() const;

    std::unique_ptr<Client> m_client;
    QUrl m_serverUrl;
    QString m_profile;
    QString m_deviceName;
    SecretPolicy m_secretPolicy = SecretPolicy::Keyring;
    bool m_signedIn = false;
};

} // namespace confab::client
