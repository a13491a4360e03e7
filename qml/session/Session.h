// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Action.h>
#include <Confab/Client.h>
#include <Confab/ConversationListModel.h>
#include <Confab/MemberListModel.h>
#include <Confab/PersonPresence.h>
#include <Confab/SessionListModel.h>
#include <Confab/TimelineModel.h>
#include <Confab/UserSearchModel.h>

#include <QtCore/QDateTime>
#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QVariantMap>

namespace confab::app {

/// What the app's pages see of the SDK: one person on one server, and the conversation that is open.
///
/// Pages take it as their `session`; tests of pages put a mock of the same shape in its place. Owns the models, not the
/// client. Ids are texts here, as in the models' roles.
class Session : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QString phase READ phase NOTIFY stateChanged)
    Q_PROPERTY(QString connection READ connection NOTIFY stateChanged)
    Q_PROPERTY(QString stateReason READ stateReason NOTIFY stateChanged)
    Q_PROPERTY(bool signingInAgain READ isSigningInAgain NOTIFY stateChanged)
    Q_PROPERTY(QVariantMap me READ me NOTIFY meChanged)
    Q_PROPERTY(QVariantMap ownPresence READ ownPresence NOTIFY ownPresenceChanged)
    Q_PROPERTY(int statusLength READ statusLength NOTIFY serverChanged)
    Q_PROPERTY(QString serverName READ serverName NOTIFY serverChanged)
    Q_PROPERTY(QString serverAddress READ serverAddress NOTIFY serverChanged)
    Q_PROPERTY(int passwordMinLength READ passwordMinLength NOTIFY serverChanged)
    Q_PROPERTY(QString currentId READ currentId NOTIFY currentIdChanged)
    Q_PROPERTY(QVariantMap current READ current NOTIFY currentChanged)
    Q_PROPERTY(QAbstractItemModel *conversations READ conversations CONSTANT)
    Q_PROPERTY(QAbstractItemModel *timeline READ timeline CONSTANT)
    Q_PROPERTY(QAbstractItemModel *members READ members CONSTANT)
    Q_PROPERTY(QAbstractItemModel *readers READ readers CONSTANT)
    Q_PROPERTY(QAbstractItemModel *people READ people CONSTANT)
    Q_PROPERTY(QAbstractItemModel *devices READ devices CONSTANT)
    Q_PROPERTY(bool conversationsLoaded READ areConversationsLoaded NOTIFY conversationsLoadedChanged)
    Q_PROPERTY(bool timelineLoaded READ isTimelineLoaded NOTIFY timelineChanged)
    Q_PROPERTY(bool hasOlder READ hasOlder NOTIFY timelineChanged)
    Q_PROPERTY(bool hasNewer READ hasNewer NOTIFY timelineChanged)
    Q_PROPERTY(bool loading READ isLoading NOTIFY timelineChanged)
    Q_PROPERTY(QStringList typingNames READ typingNames NOTIFY typingNamesChanged)
    Q_PROPERTY(QStringList memberIds READ memberIds NOTIFY membersChanged)
    Q_PROPERTY(bool canManageMembers READ canManageMembers NOTIFY membersChanged)

public:
    /// \a client outlives the session.
    explicit Session(client::Client &client, QObject *parent = nullptr);
    ~Session() override;

    /// Which of the app's faces is shown: `starting`, `signedOut` (also while an ended session's person signs in
    /// again), `signedIn`, or `failed`, where the profile cannot be opened and stateReason says why.
    QString phase() const;
    /// `online`, `starting`, `connecting`, `updating`, `offline`, `sessionEnded`, `keyringLocked`, `keyringMissing`,
    /// `storageFull`.
    QString connection() const;
    QString stateReason() const;
    bool isSigningInAgain() const { return m_signingInAgain; }
    QVariantMap me() const;
    /// statusText, statusExpiresAt (a Date, undefined where it stays) and lastSeenHidden.
    QVariantMap ownPresence() const;
    int statusLength() const;
    QString serverName() const;
    QString serverAddress() const;
    int passwordMinLength() const;
    QString currentId() const { return m_currentId; }
    /// conversationId, title, kind, avatarSeed, subtitle; empty while no conversation is open.
    QVariantMap current() const;
    QAbstractItemModel *conversations() { return &m_conversations; }
    QAbstractItemModel *timeline() { return &m_timeline; }
    QAbstractItemModel *members() { return &m_members; }
    QAbstractItemModel *readers() { return &m_readers; }
    QAbstractItemModel *people() { return &m_people; }
    QAbstractItemModel *devices() { return &m_devices; }
    bool areConversationsLoaded() const { return m_conversations.isLoaded(); }
    bool isTimelineLoaded() const { return m_timeline.isLoaded(); }
    bool hasOlder() const { return m_timeline.isLoaded() && !m_timeline.isAtOldest(); }
    bool hasNewer() const { return m_timeline.isLoaded() && !m_timeline.isAtNewest(); }
    bool isLoading() const { return m_timeline.isLoading(); }
    /// Who writes in the open conversation now.
    QStringList typingNames() const { return m_timeline.typingNames(); }
    QStringList memberIds() const { return m_members.userIds(); }
    bool canManageMembers() const { return m_members.canManage(); }

    Q_INVOKABLE confab::client::Action *signIn(const QString &server, const QString &handle, const QString &password);
    Q_INVOKABLE confab::client::Action *registerAccount(const QString &server, const QString &handle,
                                                        const QString &displayName, const QString &password,
                                                        const QString &inviteCode);
    Q_INVOKABLE confab::client::Action *signOut();
    /// Shows the sign-in page for the person whose session ended; cache and queue stay.
    Q_INVOKABLE void signInAgain();
    Q_INVOKABLE void cancelSigningInAgain();
    /// Tries now instead of later: the connection, or the keyring where that is what is missing.
    Q_INVOKABLE void reconnect();
    /// Keeps the token in a file that only this user may read, because there is no keyring.
    Q_INVOKABLE void keepTokenInFile();

    /// Opens a conversation; an empty id closes the open one.
    Q_INVOKABLE void openConversation(const QString &conversationId);
    Q_INVOKABLE confab::client::Action *createDirect(const QString &userId);
    Q_INVOKABLE confab::client::Action *createGroup(const QString &title, const QStringList &userIds);

    /// Whether the list has this conversation.
    Q_INVOKABLE bool knows(const QString &conversationId) const;

    // All of the open conversation.
    Q_INVOKABLE confab::client::Action *send(const QString &conversationId, const QString &text);
    Q_INVOKABLE confab::client::Action *edit(const QString &key, const QString &text);
    Q_INVOKABLE confab::client::Action *remove(const QString &key);
    Q_INVOKABLE confab::client::Action *retry(const QString &key);
    Q_INVOKABLE confab::client::Action *discard(const QString &key);
    Q_INVOKABLE void copy(const QString &text);
    Q_INVOKABLE void loadOlder();
    Q_INVOKABLE void loadNewer();
    Q_INVOKABLE void jumpToNewest();
    Q_INVOKABLE void loadHole(int row);
    Q_INVOKABLE void markRead();
    /// Lets `readers` tell how far the others are with this message of the open conversation; 0: of none.
    Q_INVOKABLE void showReaders(qint64 messageId);
    /// key and text of the newest own message that can be edited; empty where there is none.
    Q_INVOKABLE QVariantMap lastOwnMessage() const;
    Q_INVOKABLE confab::client::Action *rename(const QString &title);
    Q_INVOKABLE confab::client::Action *addMembers(const QStringList &userIds);
    Q_INVOKABLE confab::client::Action *removeMember(const QString &userId);
    Q_INVOKABLE confab::client::Action *leave();

    /// What was typed in a conversation and not sent. Where the store has not told yet, draftLoaded() follows.
    Q_INVOKABLE QString draftOf(const QString &conversationId);
    Q_INVOKABLE void saveDraft(const QString &conversationId, const QString &text);

    /// The person writes in the conversation, or has stopped.
    Q_INVOKABLE void setTyping(const QString &conversationId, bool typing);

    /// Tells how a person is present, once its `userId` is set. Belongs to \a owner and ends with it.
    Q_INVOKABLE confab::client::PersonPresence *personPresence(QObject *owner);
    /// Sets the text beside the own name. An invalid \a expiresAt: until it is taken away.
    Q_INVOKABLE confab::client::Action *setStatus(const QString &text, const QDateTime &expiresAt);
    Q_INVOKABLE confab::client::Action *setLastSeenHidden(bool hidden);

    Q_INVOKABLE confab::client::Action *updateName(const QString &displayName);
    Q_INVOKABLE confab::client::Action *changePassword(const QString &currentPassword, const QString &newPassword);
    Q_INVOKABLE confab::client::Action *deleteAccount(const QString &password);

Q_SIGNALS:
    void stateChanged();
    void meChanged();
    void ownPresenceChanged();
    void serverChanged();
    void currentIdChanged();
    void currentChanged();
    void conversationsLoadedChanged();
    void timelineChanged();
    void typingNamesChanged();
    void membersChanged();
    void draftLoaded(const QString &conversationId, const QString &text);

private:
    void onStateChanged();
    client::Action *conversationAction(QFuture<Result<Conversation>> future);

    client::Client &m_client;
    client::ConversationListModel m_conversations;
    client::TimelineModel m_timeline;
    client::MemberListModel m_members;
    client::MemberListModel m_readers;
    client::UserSearchModel m_people;
    client::SessionListModel m_devices;
    QString m_currentId;
    QHash<QString, QString> m_drafts; ///< Of this run: newer than what the models tell.
    bool m_signingInAgain = false;
};

} // namespace confab::app
