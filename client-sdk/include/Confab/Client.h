// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Export.h>
#include <Confab/SecretStore.h>
#include <Confab/Types.h>

#include <QtCore/QFuture>
#include <QtCore/QObject>
#include <QtCore/QUrl>

#include <functional>
#include <memory>

namespace confab::client {

class ClientPrivate;
class ModelSource;

/// What a client needs to know before it starts.
struct ClientSettings
{
    /// The server, as `http://`, `https://`, `ws://` or `wss://` with host and port. Empty: the one the profile last
    /// signed in to, or none until setServerUrl().
    QUrl serverUrl;
    /// The folder of this client's cache, queue and drafts, made when it is missing. One client at a time per folder.
    QString profileDirectory;
    /// What other devices of the same person see this one as. Empty: the machine's name.
    QString deviceName;
    SecretPolicy secretPolicy = SecretPolicy::Keyring;
    /// Makes a store of the app's own, which then takes the place of the policy's. Called in the storage thread.
    std::function<std::unique_ptr<SecretStore>()> makeSecretStore;
};

/// One signed-in person on one server: the entry to everything the SDK does.
///
/// A client lives in the thread that made it (the UI's), and all its members are called there. It shows what its
/// profile holds without a network, and the network brings that up to date. Nothing it does blocks: network and storage
/// have a thread each, which all clients of a process share. Several clients may exist at once, each with its own
/// profile folder. Destroying one returns within a second; what it accepted (sendMessage() and the like that finished,
/// drafts, read positions) is on disk and is sent by the next client of that profile.
///
/// Every asynchronous call returns a future that finishes exactly once, in the client's thread or before the call
/// returns, and is never cancelled; when the client is destroyed first it finishes with `unavailable`.
/// Errors are those of the contract: `invalidArgument` names the field, `unauthenticated` means "sign in again",
/// `unavailable` means there is no connection now.
class CONFAB_CLIENT_EXPORT Client : public QObject
{
    Q_OBJECT
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(QString stateReason READ stateReason NOTIFY stateChanged)
    Q_PROPERTY(confab::User me READ me NOTIFY meChanged)
    Q_PROPERTY(confab::ServerInfo serverInfo READ serverInfo NOTIFY serverInfoChanged)
    Q_PROPERTY(QUrl serverUrl READ serverUrl NOTIFY serverUrlChanged)
    Q_PROPERTY(bool storageFull READ isStorageFull NOTIFY storageFullChanged)
    Q_PROPERTY(confab::OwnPresence ownPresence READ ownPresence NOTIFY ownPresenceChanged)

public:
    enum class State {
        Starting,    ///< The profile is being opened.
        SignedOut,   ///< Nobody is signed in: signIn() or registerAccount().
        Connecting,  ///< On the way to the server; the cache is shown.
        Updating,    ///< Connected, and still fetching what changed meanwhile.
        Online,      ///< Connected, and equal to the server.
        Offline,     ///< No connection; tries again by itself. The cache is shown, sending queues.
        SessionOver, ///< The session ended elsewhere or expired. Cache and queue are kept: signIn() as the same person.
        SecretsLocked,  ///< The keyring did not answer: the cache is shown; unlockAndRetry().
        SecretsMissing, ///< There is no keyring here: setSecretPolicy() with what the person chose.
        StoreFailed,    ///< The profile cannot be opened (of a newer version, unreadable); stateReason() says why.
    };
    Q_ENUM(State)

    explicit Client(const ClientSettings &settings, QObject *parent = nullptr);
    ~Client() override;

    State state() const;
    /// Why the state is what it is, in one English sentence for people; empty where there is nothing to say.
    QString stateReason() const;
    /// The person signed in; a null id before. Known without a network once signed in.
    User me() const;
    /// What the server last said of itself, limits included. Defaults before the first contact.
    ServerInfo serverInfo() const;
    QUrl serverUrl() const;
    /// Whether the last write failed because the disk is full. Nothing is lost by it; it clears with the next write.
    bool isStorageFull() const;

    /// Chooses the server. Only while signed out; ignored otherwise.
    void setServerUrl(const QUrl &url);
    /// Chooses another place for the token, moves it there when it is known, and asks again when it was missing.
    void setSecretPolicy(SecretPolicy policy);

    // -- the session ------------------------------------------------------------------------------------------

    /// Asks what the server says of itself (registration policy, limits). Needs no session.
    QFuture<Result<ServerInfo>> fetchServerInfo();
    /// Signs in. While a session is over, only the profile's own person is accepted: `conflict` for another.
    QFuture<Result<User>> signIn(const QString &handle, const QString &password);
    /// Makes an account and signs it in.
    QFuture<Result<User>> registerAccount(const QString &handle, const QString &displayName, const QString &password,
                                          const QString &inviteCode = {});
    /// Ends this session and empties the profile: cache, queue and drafts. Succeeds without a network too; the server's
    /// session then stays until it is revoked elsewhere.
    QFuture<Result<Done>> signOut();
    QFuture<Result<QList<Session>>> sessions();
    /// Signs another device of the same person out.
    QFuture<Result<Done>> revokeSession(SessionId sessionId);
    /// Sets a new password. The account's other sessions end; this one stays. A wrong current password is
    /// `permissionDenied` with the field `currentPassword`, and counts as an attempt to sign in. Needs a connection.
    QFuture<Result<Done>> changePassword(const QString &currentPassword, const QString &newPassword);
    /// Deletes the account for good, and empties the profile. Messages stay in their conversations under "Deleted
    /// account"; name and memberships of groups go, and the handle stays taken. A wrong password is `permissionDenied`
    /// with the field `password`, and changes nothing. Needs a connection.
    QFuture<Result<Done>> deleteAccount(const QString &password);

    /// Where an app with users of its own gets a session's token from: its backend, which asks the server's
    /// `session.openFor` for it. Called in the client's thread. An error that trying again can help (`unavailable`,
    /// `rateLimited`, `internal`) is asked for again by itself, ever more slowly; any other means that the person has
    /// to sign in to the app first. One that says nothing for a minute counts as `unavailable`.
    using TokenProvider = std::function<QFuture<Result<QString>>()>;
    /// From now on the client asks \a provider whenever its session is over, once for each time: the state is
    /// Connecting meanwhile. A token that is refused too makes it SessionOver until one works; the next is asked for
    /// after a wait that grows to five minutes (probe() ends it). Cache, queue and drafts stay, and the queue is sent
    /// when the session stands again. The token of somebody else is refused. Null: asks nobody.
    void setTokenProvider(TokenProvider provider);
    /// Signs in with the provider's token: the first time, and after signOut(). `invalidArgument` without a provider.
    QFuture<Result<User>> signInWithProvider();
    /// Asks the keyring again. Finishes with `unavailable` while it stays locked.
    QFuture<Result<Done>> unlockAndRetry();
    /// Says that the connection matters now (the window got focus, a person waits): an idle connection is checked at
    /// once and a waiting attempt is made without delay.
    void probe();

    // -- people and conversations -----------------------------------------------------------------------------

    /// People whose handle, or a word of whose name, begins with \a query. Needs a connection.
    QFuture<Result<QList<User>>> searchUsers(const QString &query, int limit = 20);
    QFuture<Result<User>> updateDisplayName(const QString &displayName);
    /// The conversation of two; made when there is none yet. One's own id: notes to self.
    QFuture<Result<Conversation>> createDirect(UserId userId);
    QFuture<Result<Conversation>> createGroup(const QString &title, const QList<UserId> &memberIds);
    QFuture<Result<Conversation>> renameConversation(ConversationId conversationId, const QString &title);
    QFuture<Result<Done>> addMembers(ConversationId conversationId, const QList<UserId> &userIds);
    QFuture<Result<Done>> removeMember(ConversationId conversationId, UserId userId);
    QFuture<Result<Done>> leave(ConversationId conversationId);

    // -- presence ---------------------------------------------------------------------------------------------
    // How others are present is told by PersonPresence.

    /// What the person says of themselves, as the server told last; empty before the first contact and once signed out.
    /// A status that ends goes by this device's clock.
    OwnPresence ownPresence() const;
    /// Says whether nobody is at this device. Holds until it is said otherwise: it is told to the server now and with
    /// every new connection. A person is online while one of their devices is connected and not away. False at first.
    void setAway(bool away);
    /// Sets the text that stands beside the person's name until \a expiresAt (UTC milliseconds; 0: until it is taken
    /// away by an empty text). Blanks around it are taken off. Needs a connection.
    QFuture<Result<OwnPresence>> setStatus(const QString &text, qint64 expiresAt = 0);
    /// Chooses whether others learn when the person was last online. Needs a connection.
    QFuture<Result<OwnPresence>> setLastSeenHidden(bool hidden);

    // -- messages ---------------------------------------------------------------------------------------------
    // These work offline. Their futures finish as soon as the wish is on disk; what becomes of it is seen in the
    // models. Text is checked first: NUL and ill-formed UTF-16 are `invalidArgument`, too long is `tooLarge`.

    /// Queues a message and clears the conversation's draft in one step. The ClientId names it from now on.
    /// \a replyTo: the id of a message of the same conversation, 0 for none.
    QFuture<Result<ClientId>> sendMessage(ConversationId conversationId, const QString &text, MessageId replyTo = 0);
    /// Replaces the text of one's own message that the server has.
    QFuture<Result<Done>> editMessage(ConversationId conversationId, MessageId messageId, const QString &text);
    /// The same by ClientId, for a message that may still be pending.
    QFuture<Result<Done>> editMessage(ConversationId conversationId, ClientId clientId, const QString &text);
    QFuture<Result<Done>> deleteMessage(ConversationId conversationId, MessageId messageId);
    /// The same by ClientId. One that was never sent is cancelled and disappears.
    QFuture<Result<Done>> deleteMessage(ConversationId conversationId, ClientId clientId);
    /// Queues again what failed of a message: its sending, edit or deletion.
    QFuture<Result<Done>> retry(ConversationId conversationId, ClientId clientId);
    /// Gives up what failed of a message: an unsent one disappears, an edited one shows the server's text again.
    QFuture<Result<Done>> discard(ConversationId conversationId, ClientId clientId);
    /// Says that everything up to \a messageId was read. An older one than before changes nothing.
    QFuture<Result<Done>> markRead(ConversationId conversationId, MessageId messageId);
    /// Flags the conversation until it is read next. The read position stays.
    QFuture<Result<Done>> markUnread(ConversationId conversationId);

    /// Says that a person writes in this conversation, or has stopped: call it with every change of what they typed.
    /// Others see it for some seconds. It is told every three seconds at most, ends after five without a call and with
    /// sendMessage(), and is neither stored nor said later.
    void setTyping(ConversationId conversationId, bool typing);

    /// What was typed and not sent. The last setDraft() counts at once, before it is on disk.
    QFuture<Result<QString>> draft(ConversationId conversationId);
    QFuture<Result<Done>> setDraft(ConversationId conversationId, const QString &text);

Q_SIGNALS:
    void stateChanged();
    void meChanged();
    void serverInfoChanged();
    void serverUrlChanged();
    void storageFullChanged();
    void ownPresenceChanged();
    /// Somebody else wrote something new while the client was online; for notifications. Not sent during catch-up.
    void messageReceived(const confab::Message &message);

private:
    friend class ModelSource;
    std::unique_ptr<ClientPrivate> d;
};

} // namespace confab::client
