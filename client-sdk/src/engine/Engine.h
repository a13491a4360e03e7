// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/Publisher.h"
#include "client-sdk/src/engine/TokenRefresher.h"
#include "client-sdk/src/outbox/DeliveryMarks.h"
#include "client-sdk/src/outbox/Outbox.h"
#include "client-sdk/src/outbox/ReadMarks.h"
#include "client-sdk/src/outbox/Wishes.h"
#include "client-sdk/src/presence/OwnPresenceSync.h"
#include "client-sdk/src/presence/PeoplePresence.h"
#include "client-sdk/src/presence/TypingPeople.h"
#include "client-sdk/src/presence/TypingSender.h"
#include "client-sdk/src/secrets/SessionKeeper.h"
#include "client-sdk/src/sync/SyncEngine.h"

#include <Confab/Client.h>

namespace confab::client {

/// What an engine is made of; tests put their own parts in.
struct EngineParts
{
    ClientSettings settings;
    TransportFactory makeTransport;
    SessionKeeper::MakeStore makeSecretStore;
    std::shared_ptr<const Clock> clock;
    std::function<double()> random; ///< Uniform in [0, 1).
    ConnectionTimings connectionTimings;
    SyncTimings syncTimings;
    OutboxTimings outboxTimings;
    RefreshTimings refreshTimings;
    TypingTimings typingTimings;
    PresenceTimings presenceTimings;
    qint64 singleCallMs = 20'000;
    qint64 signOutMs = 5'000; ///< How long signing out waits for the server.
};

/// One client in the storage thread: owns the store and everything that writes to it, and is the only one to say in
/// which state the client is.
class Engine : public QObject
{
    Q_OBJECT

public:
    template<typename T>
    using Callback = std::function<void(Result<T>)>;

    explicit Engine(EngineParts parts);
    ~Engine() override;

    /// Opens the profile and goes on from what it holds. First call, in the thread the engine lives in, as all others.
    void open();

    void setServerUrl(const QUrl &url);
    void setSecretPolicy(SecretPolicy policy);
    void unlockAndRetry(Callback<Done> callback);
    void probe();

    void fetchServerInfo(Callback<ServerInfo> callback);
    void signIn(OpenSession op, Callback<User> callback);
    void registerAccount(RegisterAccount op, Callback<User> callback);
    void signOut(Callback<Done> callback);
    void deleteAccount(const DeleteAccount &op, Callback<Done> callback);
    /// Whether the app is asked (tokenNeeded) when the session is over.
    void useTokenProvider(bool use);
    void answerToken(int question, const Result<QString> &token) { m_refresher->answer(question, token); }
    void signInWithToken(const QString &token, Callback<User> callback);
    void createConversation(const CreateConversation &op, Callback<Conversation> callback);
    void updateUser(const UpdateUser &op, Callback<User> callback);
    void loadMembers(ConversationId id, Callback<QList<MemberRow>> callback);
    void loadUsers(const QList<UserId> &ids, Callback<QList<User>> callback);

    /// Any other operation: the server's answer, or `unavailable` without a connection.
    template<typename Op>
    void call(const Op &op, Callback<typename Op::Reply> callback)
    {
        m_connection->call(op, [this, callback = std::move(callback)](Result<typename Op::Reply> reply) {
            if (!reply && reply.error().kind() == ErrorKind::SessionOver)
                endSession(QStringLiteral("The session ended. Sign in again."));
            callback(std::move(reply));
        });
    }

    /// An operation whose answer is what the person says of themselves from now on.
    template<typename Op>
    void changeOwnPresence(const Op &op, Callback<OwnPresence> callback)
    {
        call(op, Callback<OwnPresence>([this, heard = m_ownPresence->heard(),
                                        callback = std::move(callback)](const Result<OwnPresence> &own) {
                 if (own)
                     m_ownPresence->answered(*own, heard);
                 callback(own);
             }));
    }

    LocalStore &store() { return m_store; }
    RowReader &rows() { return m_rows; }
    Publisher &publisher() { return m_publisher; }
    Wishes &wishes() { return *m_wishes; }
    ReadMarks &readMarks() { return *m_readMarks; }
    TypingSender &typingSender() { return *m_typingSender; }
    const TypingPeople &typingPeople() const { return *m_typingPeople; }
    OwnPresenceSync &ownPresence() { return *m_ownPresence; }
    PeoplePresence &peoplePresence() { return *m_peoplePresence; }
    ConversationSync &conversations() { return m_sync->conversations(); }
    const IdGenerator &ids() const { return m_ids; }
    Client::State state() const { return m_state; }

Q_SIGNALS:
    void stateChanged(confab::client::Client::State state, const QString &reason);
    void meChanged(const confab::User &me);
    void serverInfoChanged(const confab::ServerInfo &server);
    void serverUrlChanged(const QUrl &url);
    void storageFullChanged(bool full);
    void messageReceived(const confab::Message &message);
    /// The app is asked for a token; answerToken() takes what it says.
    void tokenNeeded(int question);

private:
    void setState(Client::State state, const QString &reason = {});
    void committed(const ChangeSet &changes);
    void writeFailed(const Error &error);
    void noteDisk();
    void unlock(const Callback<Done> &callback);
    void tokenLoaded(SecretOutcome outcome, const QByteArray &secret, const Callback<Done> &callback);
    void tokenKept(SecretOutcome outcome);
    void goOnline();
    void useToken(const QString &token);
    void noToken(const Error &error);
    void sayHello();
    void sayHelloAgain();
    void helloAnswered(const Result<HelloReply> &reply);
    void connectionLost(CloseReason reason, const QString &why);
    void forgetPresence();
    void updateProgress();
    void endSession(const QString &reason);
    void signedIn(const Result<SignedIn> &reply, const Callback<User> &callback);
    void finishSignOut(const Callback<Done> &callback);
    bool maySignIn() const;
    void takeServerInfo(const ServerInfo &server);
    QUrl socketUrl() const;

    EngineParts m_parts;
    IdGenerator m_ids;
    LocalStore m_store;
    RowReader m_rows;
    Publisher m_publisher;
    SessionKeeper m_keeper;
    // Children of this object, so that they follow it into its thread.
    Connection *m_connection;
    SyncEngine *m_sync;
    Outbox *m_outbox;
    ReadMarks *m_readMarks;
    DeliveryMarks *m_deliveryMarks;
    TokenRefresher *m_refresher;
    TypingSender *m_typingSender;
    TypingPeople *m_typingPeople;
    OwnPresenceSync *m_ownPresence;
    PeoplePresence *m_peoplePresence;
    std::unique_ptr<Wishes> m_wishes;

    Client::State m_state = Client::State::Starting;
    QString m_reason;
    QUrl m_url;
    QByteArray m_token;
    User m_shownMe;
    SessionId m_sessionId;
    bool m_wasEstablished = false;
    bool m_greeting = false;   ///< A hello is on its way.
    bool m_greetAgain = false; ///< Another is to follow.
    bool m_signingOut = false;
    bool m_diskFull = false;
};

} // namespace confab::client
