// SPDX-License-Identifier: MIT
#include "client-sdk/src/engine/Engine.h"

#include "client-sdk/src/connection/SingleCall.h"
#include "client-sdk/src/engine/Log.h"
#include "shared/protocol/Frames.h"

#include <QtCore/QSysInfo>

#include <chrono>

namespace confab::client {

using namespace Qt::StringLiterals;
using State = Client::State;

Engine::Engine(EngineParts parts)
    : m_parts(std::move(parts)), m_ids(*m_parts.clock), m_rows(m_store), m_publisher(m_store, m_rows, this),
      m_keeper(m_store, m_parts.makeSecretStore, m_parts.settings.secretPolicy),
      m_connection(
          new Connection(m_parts.makeTransport, *m_parts.clock, m_parts.connectionTimings, m_parts.random, this)),
      m_sync(new SyncEngine(m_store, *m_connection, m_parts.syncTimings, this)),
      m_outbox(
          new Outbox(m_store, *m_connection, m_sync->conversations(), m_parts.outboxTimings, m_parts.random, this)),
      m_readMarks(new ReadMarks(m_store, *m_connection, m_parts.syncTimings.tryAgainMs, this)),
      m_deliveryMarks(new DeliveryMarks(m_store, *m_connection, m_parts.syncTimings, this)),
      m_refresher(new TokenRefresher(m_parts.refreshTimings, m_parts.random, this)),
      m_typingSender(new TypingSender(*m_connection, *m_parts.clock, m_parts.typingTimings, this)),
      m_typingPeople(new TypingPeople(m_store, *m_parts.clock, m_parts.typingTimings, this)),
      m_ownPresence(new OwnPresenceSync(*m_connection, *m_parts.clock, m_parts.presenceTimings, this)),
      m_peoplePresence(new PeoplePresence(*m_connection, *m_parts.clock, m_parts.presenceTimings, this)),
      m_wishes(std::make_unique<Wishes>(m_store, *m_outbox, *m_parts.clock))
{
    m_store.onCommit([this](const ChangeSet &changes) { committed(changes); });
    connect(m_connection, &Connection::opened, this, &Engine::sayHello);
    connect(m_connection, &Connection::eventReceived, m_sync, &SyncEngine::takeEvent);
    connect(m_connection, &Connection::lost, this, &Engine::connectionLost);
    connect(m_connection, &Connection::sessionOver, this, [this](CloseReason reason) {
        endSession(reason == CloseReason::SessionExpired ? u"The session expired. Sign in again."_s
                                                         : u"This device was signed out elsewhere. Sign in again."_s);
    });
    connect(m_sync, &SyncEngine::updatingChanged, this, &Engine::updateProgress);
    connect(m_sync, &SyncEngine::messageReceived, this, &Engine::messageReceived);
    connect(m_sync, &SyncEngine::messageReceived, m_typingPeople, &TypingPeople::messageCame);
    connect(m_sync, &SyncEngine::typingReceived, m_typingPeople, &TypingPeople::take);
    connect(m_sync, &SyncEngine::presenceReceived, m_peoplePresence, &PeoplePresence::take);
    connect(m_sync, &SyncEngine::ownPresenceReceived, m_ownPresence, &OwnPresenceSync::take);
    connect(m_sync, &SyncEngine::helloWanted, this, &Engine::sayHelloAgain);
    // Queued: it ends the connection, which must not happen in the middle of what failed.
    connect(m_sync, &SyncEngine::writeFailed, this, &Engine::writeFailed, Qt::QueuedConnection);
    connect(m_outbox, &Outbox::writeFailed, this, &Engine::writeFailed, Qt::QueuedConnection);
    connect(m_outbox, &Outbox::sessionOver, this, [this] { endSession(u"The session ended. Sign in again."_s); });
    connect(m_refresher, &TokenRefresher::needed, this, &Engine::tokenNeeded);
    connect(m_refresher, &TokenRefresher::ready, this, &Engine::useToken);
    connect(m_refresher, &TokenRefresher::failed, this, &Engine::noToken);
}

Engine::~Engine()
{
    m_store.onCommit({});
    // In the order in which they lean on each other; the store, a member, goes last.
    delete m_typingSender;
    delete m_connection;
    delete m_peoplePresence;
    delete m_ownPresence;
    delete m_deliveryMarks;
    delete m_readMarks;
    delete m_outbox;
    delete m_sync;
}

void Engine::open()
{
    const Result<Done> opened = m_store.open(m_parts.settings.profileDirectory);
    if (!opened) {
        noteDisk();
        setState(State::StoreFailed, opened.error().message);
        return;
    }
    m_keeper.opened();
    m_url = m_parts.settings.serverUrl.isEmpty() ? QUrl(QString::fromUtf8(m_store.meta(u"url"_s)))
                                                 : m_parts.settings.serverUrl;
    Q_EMIT serverUrlChanged(m_url);
    if (const Result<ServerInfo> server = decodeCbor<ServerInfo>(m_store.meta(u"server"_s), Strictness::Reply))
        takeServerInfo(*server);
    if (const Result<Session> session = decodeCbor<Session>(m_store.meta(u"session"_s), Strictness::Reply))
        m_sessionId = session->id;
    committed({}); // tells who it is
    Q_EMIT m_publisher.conversationsReset();
    if (m_store.me().id.isNull())
        setState(State::SignedOut);
    else
        unlock({});
}

void Engine::setServerUrl(const QUrl &url)
{
    if (!m_store.me().id.isNull() || url == m_url)
        return;
    m_url = url;
    Q_EMIT serverUrlChanged(m_url);
}

void Engine::setSecretPolicy(SecretPolicy policy)
{
    m_keeper.setPolicy(policy);
    if (!m_token.isEmpty())
        m_keeper.keep(m_token, [this](SecretOutcome outcome) { tokenKept(outcome); });
    else if (m_state == State::SecretsMissing || m_state == State::SecretsLocked)
        setState(State::SessionOver, u"Sign in again, so that the session can be kept in the new place."_s);
}

void Engine::probe()
{
    m_connection->probe();
    m_refresher->hurry();
}

void Engine::unlockAndRetry(Callback<Done> callback)
{
    if (m_state == State::SecretsLocked || m_state == State::SecretsMissing)
        unlock(callback);
    else
        callback(Done{});
}

// -- the token ----------------------------------------------------------------------------------------------------

void Engine::unlock(const Callback<Done> &callback)
{
    if (!m_token.isEmpty()) {
        m_keeper.keep(m_token, [this, callback](SecretOutcome outcome) {
            tokenKept(outcome);
            if (callback)
                callback(outcome == SecretOutcome::Found ? Result<Done>(Done{})
                                                         : Error::unavailable(u"The keyring does not answer."_s));
        });
        return;
    }
    if (!m_keeper.hasSecret()) {
        endSession(u"Sign in again."_s);
        if (callback)
            callback(Done{});
        return;
    }
    m_keeper.load(
        [this, callback](SecretOutcome outcome, const QByteArray &secret) { tokenLoaded(outcome, secret, callback); });
}

// That a secret exists is known from the store. A keyring that says otherwise is locked.
void Engine::tokenLoaded(SecretOutcome outcome, const QByteArray &secret, const Callback<Done> &callback)
{
    Result<Done> answer = Done{};
    if (outcome == SecretOutcome::Found && !secret.isEmpty()) {
        m_token = secret;
        goOnline();
    } else if (m_refresher->isEnabled()) {
        endSession({}); // the app knows a token where the keyring does not
    } else if (outcome == SecretOutcome::Missing) {
        setState(State::SecretsMissing, u"There is no keyring on this machine."_s);
        answer = Error::unavailable(u"There is no keyring on this machine."_s);
    } else if (outcome == SecretOutcome::NotFound && m_keeper.policy() != SecretPolicy::Keyring) {
        setState(State::SessionOver, u"Sign in again."_s);
    } else {
        setState(State::SecretsLocked, u"The keyring is locked or does not answer."_s);
        answer = Error::unavailable(u"The keyring is locked or does not answer."_s);
    }
    if (callback)
        callback(answer);
}

void Engine::tokenKept(SecretOutcome outcome)
{
    if (outcome == SecretOutcome::Found || m_refresher->isEnabled()) {
        if (!m_connection->isEstablished())
            goOnline();
    } else if (outcome == SecretOutcome::Missing) {
        setState(State::SecretsMissing, u"There is no keyring on this machine."_s);
    } else {
        setState(State::SecretsLocked, u"The keyring is locked or does not answer."_s);
    }
}

// -- the connection -----------------------------------------------------------------------------------------------

void Engine::goOnline()
{
    if (m_url.isEmpty()) {
        setState(State::Offline, u"No server is chosen."_s);
        return;
    }
    m_wasEstablished = false;
    setState(State::Connecting);
    m_connection->start(socketUrl());
}

void Engine::sayHello()
{
    m_greeting = true;
    m_greetAgain = false;
    Hello hello = m_sync->makeHello(QString::fromLatin1(m_token));
    hello.away = m_ownPresence->isAway();
    m_ownPresence->greeting();
    m_connection->call(hello, [this](const Result<HelloReply> &reply) { helloAnswered(reply); });
}

// On the same socket: the server left out events for it.
void Engine::sayHelloAgain()
{
    if (m_greeting)
        m_greetAgain = true;
    else if (m_connection->isEstablished())
        sayHello();
}

void Engine::helloAnswered(const Result<HelloReply> &reply)
{
    m_greeting = false;
    if (!m_connection->isOpen())
        return; // lost meanwhile
    if (!reply) {
        if (reply.error().kind() == ErrorKind::SessionOver)
            endSession(u"The session ended. Sign in again."_s);
        else
            m_connection->giveUpAttempt(reply.error().message, reply.error().retryAfterMs);
        return;
    }
    if (reply->user.id != m_store.me().id) {
        endSession(u"The app's token belongs to somebody else."_s);
        return;
    }
    const bool isFirst = !m_connection->isEstablished();
    m_connection->established(reply->heartbeatMs);
    m_refresher->worked();
    m_sessionId = reply->session.id;
    m_connection->setReconnectSpread(reply->reconnectSpreadMs);
    takeServerInfo(reply->server);
    const Result<Done> stored = m_sync->applyHello(*reply);
    if (!stored) {
        writeFailed(stored.error());
        return;
    }
    m_wasEstablished = true;
    updateProgress();
    if (isFirst) {
        m_outbox->connected();
        m_readMarks->connected();
        m_deliveryMarks->connected();
    }
    m_ownPresence->connected(reply->ownPresence);
    m_peoplePresence->connected();
    if (m_greetAgain)
        sayHello();
}

void Engine::connectionLost(CloseReason reason, const QString &why)
{
    m_sync->connectionLost();
    m_outbox->connectionLost(reason);
    m_readMarks->connectionLost();
    m_deliveryMarks->connectionLost();
    forgetPresence();
    // The attempt right after a loss is part of a moment's trouble; only when it fails as well are we offline.
    const bool wasEstablished = std::exchange(m_wasEstablished, false);
    if (reason == CloseReason::Superseded)
        setState(State::Offline, u"This account is in use in another window or program with this sign-in."_s);
    else if (wasEstablished)
        setState(State::Connecting);
    else
        setState(State::Offline, why.isEmpty() ? u"The server cannot be reached."_s : why);
}

void Engine::forgetPresence()
{
    m_typingSender->connectionLost();
    m_typingPeople->clear();
    m_ownPresence->connectionLost();
    m_peoplePresence->connectionLost();
}

void Engine::updateProgress()
{
    if (m_wasEstablished && m_connection->isEstablished())
        setState(m_sync->isUpdating() ? State::Updating : State::Online);
}

void Engine::endSession(const QString &reason)
{
    if (m_signingOut || m_store.me().id.isNull())
        return;
    m_connection->stop();
    m_token.clear();
    m_wasEstablished = false;
    m_sync->connectionLost();
    m_outbox->connectionLost(CloseReason::SessionRevoked);
    m_readMarks->connectionLost();
    m_deliveryMarks->connectionLost();
    forgetPresence();
    if (m_refresher->isEnabled())
        m_refresher->start();
    // Asking for the first time is a moment's work; a token that did not help is what people must see.
    if (m_refresher->isAsking())
        setState(State::Connecting);
    else
        setState(State::SessionOver, reason);
}

// -- signing in and out -------------------------------------------------------------------------------------------

bool Engine::maySignIn() const
{
    return m_state == State::SignedOut || m_state == State::SessionOver || m_state == State::SecretsLocked ||
           m_state == State::SecretsMissing || m_refresher->isAsking();
}

void Engine::fetchServerInfo(Callback<ServerInfo> callback)
{
    const auto taken = [this, callback](const Result<ServerInfo> &server) {
        if (server)
            takeServerInfo(*server);
        callback(server);
    };
    if (m_connection->isEstablished())
        m_connection->call(GetServerInfo{}, taken);
    else
        SingleCall::start(m_parts.makeTransport, socketUrl(), m_parts.singleCallMs, GetServerInfo{},
                          std::function<void(Result<ServerInfo>)>(taken), this);
}

void Engine::signIn(OpenSession op, Callback<User> callback)
{
    if (!maySignIn()) {
        callback(Error::conflict({}, u"Somebody is signed in here already."_s));
        return;
    }
    op.deviceName = m_parts.settings.deviceName.isEmpty() ? QSysInfo::machineHostName() : m_parts.settings.deviceName;
    SingleCall::start(m_parts.makeTransport, socketUrl(), m_parts.singleCallMs, op,
                      std::function<void(Result<SignedIn>)>(
                          [this, callback](const Result<SignedIn> &reply) { signedIn(reply, callback); }),
                      this);
}

void Engine::registerAccount(RegisterAccount op, Callback<User> callback)
{
    if (m_state != State::SignedOut) {
        callback(Error::conflict({}, u"This profile has an account already."_s));
        return;
    }
    op.clientId = m_ids.make<ClientId>();
    op.deviceName = m_parts.settings.deviceName.isEmpty() ? QSysInfo::machineHostName() : m_parts.settings.deviceName;
    SingleCall::start(m_parts.makeTransport, socketUrl(), m_parts.singleCallMs, op,
                      std::function<void(Result<SignedIn>)>(
                          [this, callback](const Result<SignedIn> &reply) { signedIn(reply, callback); }),
                      this);
}

void Engine::signedIn(const Result<SignedIn> &reply, const Callback<User> &callback)
{
    if (!reply) {
        callback(reply.error());
        return;
    }
    if (!maySignIn()) {
        callback(Error::conflict({}, u"Somebody is signed in here already."_s));
        return;
    }
    const User owner = m_store.me();
    if (!owner.id.isNull() && owner.id != reply->user.id) {
        callback(Error::conflict(u"handle"_s, u"This profile belongs to %1. Sign out first."_s.arg(owner.handle)));
        return;
    }
    const Result<Done> stored = m_store.write(Durability::Flushed, [&] {
        m_store.setMe(reply->user);
        m_store.setMeta(u"url"_s, m_url.toString().toUtf8());
        m_store.setMeta(u"session"_s, encodeCbor(reply->session));
    });
    if (!stored) {
        writeFailed(stored.error());
        callback(stored.error());
        return;
    }
    m_refresher->stop();
    m_sessionId = reply->session.id;
    m_token = reply->token.toLatin1();
    m_keeper.keep(m_token, [this, callback, user = reply->user](SecretOutcome outcome) {
        tokenKept(outcome);
        callback(user);
    });
}

void Engine::signOut(Callback<Done> callback)
{
    if (m_store.me().id.isNull()) {
        callback(Done{});
        return;
    }
    m_signingOut = true;
    const auto finished = std::make_shared<bool>(false);
    const auto finish = [this, callback = std::move(callback), finished] {
        if (!std::exchange(*finished, true))
            finishSignOut(callback);
    };
    if (!m_connection->isEstablished() || m_sessionId.isNull()) {
        finish();
        return;
    }
    RevokeSession op;
    op.sessionId = m_sessionId;
    m_connection->call(op, [finish](const Result<Empty> &) { finish(); });
    QTimer::singleShot(std::chrono::milliseconds(m_parts.signOutMs), this, finish);
}

void Engine::finishSignOut(const Callback<Done> &callback)
{
    m_refresher->stop();
    m_connection->stop();
    m_sync->connectionLost();
    m_outbox->connectionLost(CloseReason::Normal);
    m_readMarks->connectionLost();
    m_deliveryMarks->connectionLost();
    forgetPresence();
    m_ownPresence->clear();
    m_keeper.forget([this, callback](SecretOutcome) {
        // A token that a silent keyring keeps is worth nothing once its session is revoked.
        const Result<Done> cleared = m_store.write(Durability::Flushed, [&] { m_store.clear(); });
        m_signingOut = false;
        m_token.clear();
        m_sessionId = {};
        m_wasEstablished = false;
        if (cleared)
            setState(State::SignedOut);
        else
            writeFailed(cleared.error());
        callback(cleared);
    });
}

// -- operations with an effect here -------------------------------------------------------------------------------

void Engine::createConversation(const CreateConversation &op, Callback<Conversation> callback)
{
    call(op, Callback<Conversation>([this, callback](const Result<Conversation> &made) {
             if (!made) {
                 callback(made.error());
                 return;
             }
             // The caller wants to open it: its entry is stored before the answer.
             GetConversation get;
             get.conversationId = made->id;
             call(get, Callback<ConversationEntry>(
                           [this, callback, conversation = *made](const Result<ConversationEntry> &entry) {
                               if (entry)
                                   m_sync->takeEntry(*entry);
                               callback(conversation);
                           }));
         }));
}

void Engine::updateUser(const UpdateUser &op, Callback<User> callback)
{
    call(op, Callback<User>([this, callback](const Result<User> &user) {
             if (user) {
                 const Result<Done> done = m_store.write(Durability::Soon, [&] { m_store.setMe(*user); });
                 if (!done)
                     writeFailed(done.error());
             }
             callback(user);
         }));
}

void Engine::loadMembers(ConversationId id, Callback<QList<MemberRow>> callback)
{
    callback(m_rows.members(id));
    m_sync->people().fetchMembers(id);
}

void Engine::loadUsers(const QList<UserId> &ids, Callback<QList<User>> callback)
{
    QList<User> users;
    for (const UserId &id : ids) {
        if (const auto user = m_store.people().user(id))
            users.append(*user);
    }
    callback(users);
    m_sync->people().need(QSet<UserId>(ids.begin(), ids.end()));
}

// -- telling ------------------------------------------------------------------------------------------------------

void Engine::setState(State state, const QString &reason)
{
    if (state == m_state && reason == m_reason)
        return;
    m_state = state;
    m_reason = reason;
    qCInfo(lcSession) << "state" << state;
    Q_EMIT stateChanged(state, reason);
}

void Engine::committed(const ChangeSet &changes)
{
    noteDisk();
    if (const User me = m_store.me(); me != m_shownMe) {
        m_shownMe = me;
        Q_EMIT meChanged(me);
    }
    m_publisher.publish(changes);
    for (const QSet<UserId> &members : changes.members)
        m_peoplePresence->met(members);
    if (changes.deliveries)
        m_deliveryMarks->wake();
    QSet<UserId> mentioned = changes.mentioned;
    if (!mentioned.isEmpty())
        m_sync->people().need(mentioned);
}

// What could not be stored is asked for again with the next connection: no cursor moved past it.
void Engine::writeFailed(const Error &error)
{
    qCWarning(lcStore) << "write failed:" << error.message;
    noteDisk();
    m_connection->giveUpAttempt(error.message, m_parts.syncTimings.tryAgainMs);
}

void Engine::noteDisk()
{
    if (std::exchange(m_diskFull, m_store.isDiskFull()) != m_store.isDiskFull())
        Q_EMIT storageFullChanged(m_diskFull);
}

void Engine::takeServerInfo(const ServerInfo &server)
{
    m_connection->setFrameBytes(server.limits.frameBytes);
    m_outbox->setLimits(server.limits);
    m_wishes->setLimits(server.limits);
    m_ownPresence->setLimits(server.limits);
    m_peoplePresence->setLimit(server.limits.watchedPeople);
    Q_EMIT serverInfoChanged(server);
}

QUrl Engine::socketUrl() const
{
    QUrl url = m_url;
    if (url.scheme() == "http"_L1 || url.scheme() == "ws"_L1)
        url.setScheme(u"ws"_s);
    else
        url.setScheme(u"wss"_s);
    url.setPath(QString::fromLatin1(kSocketPath));
    return url;
}

} // namespace confab::client
