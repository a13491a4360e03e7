// SPDX-License-Identifier: MIT
#include <Confab/Client.h>

#include "client-sdk/src/engine/ClientPrivate.h"
#include "client-sdk/src/engine/ModelSource.h"

#include <QtNetwork/QNetworkInformation>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

/// Replies that say no more than "done".
template<typename Op>
QFuture<Result<Done>> perform(ClientPrivate &client, const Op &op)
{
    return client.ask<Done>([op](Engine &engine, const Answer<Done> &answer) {
        engine.call(op, Engine::Callback<typename Op::Reply>([answer](const Result<typename Op::Reply> &reply) {
                        answer(reply ? Result<Done>(Done{}) : Result<Done>(reply.error()));
                    }));
    });
}

// It lives in the thread that loads it, which is to be the main one. Debian's machines without NetworkManager have
// only glib's; without any, the backoff alone brings the connection back.
QNetworkInformation *networkInformation()
{
    if (!QNetworkInformation::instance() && !QNetworkInformation::loadDefaultBackend())
        QNetworkInformation::loadBackendByName(u"glib");
    return QNetworkInformation::instance();
}

} // namespace

Client::Client(const ClientSettings &settings, QObject *parent)
    : QObject(parent), d(std::make_unique<ClientPrivate>(*this, settings))
{
    registerTypes();
    if (QNetworkInformation *network = networkInformation()) {
        connect(network, &QNetworkInformation::reachabilityChanged, this,
                [this](QNetworkInformation::Reachability reachability) {
                    if (reachability != QNetworkInformation::Reachability::Disconnected)
                        probe();
                });
    }
}

Client::~Client() = default;

Client::State Client::state() const
{
    return d->state;
}

QString Client::stateReason() const
{
    return d->stateReason;
}

User Client::me() const
{
    return d->me;
}

ServerInfo Client::serverInfo() const
{
    return d->server;
}

QUrl Client::serverUrl() const
{
    return d->serverUrl;
}

bool Client::isStorageFull() const
{
    return d->storageFull;
}

void Client::setServerUrl(const QUrl &url)
{
    d->tell([url](Engine &engine) { engine.setServerUrl(url); });
}

void Client::setSecretPolicy(SecretPolicy policy)
{
    d->tell([policy](Engine &engine) { engine.setSecretPolicy(policy); });
}

QFuture<Result<ServerInfo>> Client::fetchServerInfo()
{
    return d->ask<ServerInfo>([](Engine &engine, const Answer<ServerInfo> &answer) { engine.fetchServerInfo(answer); });
}

QFuture<Result<User>> Client::signIn(const QString &handle, const QString &password)
{
    OpenSession op;
    op.handle = handle;
    op.password = password;
    return d->ask<User>([op](Engine &engine, const Answer<User> &answer) { engine.signIn(op, answer); });
}

QFuture<Result<User>> Client::registerAccount(const QString &handle, const QString &displayName,
                                              const QString &password, const QString &inviteCode)
{
    RegisterAccount op;
    op.handle = handle;
    op.displayName = displayName;
    op.password = password;
    if (!inviteCode.isEmpty())
        op.inviteCode = inviteCode;
    return d->ask<User>([op](Engine &engine, const Answer<User> &answer) { engine.registerAccount(op, answer); });
}

QFuture<Result<Done>> Client::signOut()
{
    return d->ask<Done>([](Engine &engine, const Answer<Done> &answer) { engine.signOut(answer); });
}

QFuture<Result<QList<Session>>> Client::sessions()
{
    return d->ask<QList<Session>>([](Engine &engine, const Answer<QList<Session>> &answer) {
        engine.call(ListSessions{}, Engine::Callback<SessionList>([answer](const Result<SessionList> &list) {
                        answer(list ? Result<QList<Session>>(list->sessions) : Result<QList<Session>>(list.error()));
                    }));
    });
}

QFuture<Result<Done>> Client::revokeSession(SessionId sessionId)
{
    RevokeSession op;
    op.sessionId = sessionId;
    return perform(*d, op);
}

QFuture<Result<Done>> Client::changePassword(const QString &currentPassword, const QString &newPassword)
{
    ChangePassword op;
    op.currentPassword = currentPassword;
    op.newPassword = newPassword;
    return perform(*d, op);
}

QFuture<Result<Done>> Client::deleteAccount(const QString &password)
{
    DeleteAccount op;
    op.password = password;
    return d->ask<Done>([op](Engine &engine, const Answer<Done> &answer) { engine.deleteAccount(op, answer); });
}

void Client::setTokenProvider(TokenProvider provider)
{
    d->setTokenProvider(std::move(provider));
}

QFuture<Result<User>> Client::signInWithProvider()
{
    return d->signInWithProvider();
}

QFuture<Result<Done>> Client::unlockAndRetry()
{
    return d->ask<Done>([](Engine &engine, const Answer<Done> &answer) { engine.unlockAndRetry(answer); });
}

void Client::probe()
{
    d->tell([](Engine &engine) { engine.probe(); });
}

QFuture<Result<QList<User>>> Client::searchUsers(const QString &query, int limit)
{
    SearchUsers op;
    op.query = query;
    op.limit = limit;
    return d->ask<QList<User>>([op](Engine &engine, const Answer<QList<User>> &answer) {
        engine.call(op, Engine::Callback<UserList>([answer](const Result<UserList> &list) {
                        answer(list ? Result<QList<User>>(list->users) : Result<QList<User>>(list.error()));
                    }));
    });
}

QFuture<Result<User>> Client::updateDisplayName(const QString &displayName)
{
    UpdateUser op;
    op.displayName = displayName;
    return d->ask<User>([op](Engine &engine, const Answer<User> &answer) { engine.updateUser(op, answer); });
}

QFuture<Result<Conversation>> Client::createDirect(UserId userId)
{
    CreateConversation op;
    op.kind = Conversation::Kind::Direct;
    op.memberIds = {userId};
    return d->ask<Conversation>([op](Engine &engine, const Answer<Conversation> &answer) {
        CreateConversation named = op;
        named.clientId = engine.ids().make<ClientId>();
        engine.createConversation(named, answer);
    });
}

QFuture<Result<Conversation>> Client::createGroup(const QString &title, const QList<UserId> &memberIds)
{
    CreateConversation op;
    op.kind = Conversation::Kind::Group;
    op.title = title;
    op.memberIds = memberIds;
    return d->ask<Conversation>([op](Engine &engine, const Answer<Conversation> &answer) {
        CreateConversation named = op;
        named.clientId = engine.ids().make<ClientId>();
        engine.createConversation(named, answer);
    });
}

QFuture<Result<Conversation>> Client::renameConversation(ConversationId conversationId, const QString &title)
{
    UpdateConversation op;
    op.conversationId = conversationId;
    op.title = title;
    return d->ask<Conversation>([op](Engine &engine, const Answer<Conversation> &answer) {
        engine.call(op, Engine::Callback<Conversation>(answer));
    });
}

QFuture<Result<Done>> Client::addMembers(ConversationId conversationId, const QList<UserId> &userIds)
{
    AddMembers op;
    op.conversationId = conversationId;
    op.userIds = userIds;
    return perform(*d, op);
}

QFuture<Result<Done>> Client::removeMember(ConversationId conversationId, UserId userId)
{
    RemoveMember op;
    op.conversationId = conversationId;
    op.userId = userId;
    return perform(*d, op);
}

QFuture<Result<Done>> Client::leave(ConversationId conversationId)
{
    return removeMember(conversationId, d->me.id);
}

QFuture<Result<ClientId>> Client::sendMessage(ConversationId conversationId, const QString &text, MessageId replyTo)
{
    return d->ask<ClientId>([=](Engine &engine, const Answer<ClientId> &answer) {
        const Result<ClientId> queued =
            engine.wishes().send(conversationId, engine.ids().make<ClientId>(), text, replyTo);
        if (queued)
            engine.typingSender().messageSent(conversationId);
        answer(queued);
    });
}

QFuture<Result<Done>> Client::editMessage(ConversationId conversationId, MessageId messageId, const QString &text)
{
    return d->ask<Done>([=](Engine &engine, const Answer<Done> &answer) {
        answer(engine.wishes().edit(conversationId, messageId, text));
    });
}

QFuture<Result<Done>> Client::editMessage(ConversationId conversationId, ClientId clientId, const QString &text)
{
    return d->ask<Done>([=](Engine &engine, const Answer<Done> &answer) {
        answer(engine.wishes().edit(conversationId, clientId, text));
    });
}

QFuture<Result<Done>> Client::deleteMessage(ConversationId conversationId, MessageId messageId)
{
    return d->ask<Done>(
        [=](Engine &engine, const Answer<Done> &answer) { answer(engine.wishes().remove(conversationId, messageId)); });
}

QFuture<Result<Done>> Client::deleteMessage(ConversationId conversationId, ClientId clientId)
{
    return d->ask<Done>(
        [=](Engine &engine, const Answer<Done> &answer) { answer(engine.wishes().remove(conversationId, clientId)); });
}

QFuture<Result<Done>> Client::retry(ConversationId conversationId, ClientId clientId)
{
    return d->ask<Done>(
        [=](Engine &engine, const Answer<Done> &answer) { answer(engine.wishes().retry(conversationId, clientId)); });
}

QFuture<Result<Done>> Client::discard(ConversationId conversationId, ClientId clientId)
{
    return d->ask<Done>(
        [=](Engine &engine, const Answer<Done> &answer) { answer(engine.wishes().discard(conversationId, clientId)); });
}

QFuture<Result<Done>> Client::markRead(ConversationId conversationId, MessageId messageId)
{
    return d->ask<Done>([=](Engine &engine, const Answer<Done> &answer) {
        answer(engine.readMarks().markRead(conversationId, messageId));
    });
}

QFuture<Result<Done>> Client::markUnread(ConversationId conversationId)
{
    return d->ask<Done>(
        [=](Engine &engine, const Answer<Done> &answer) { answer(engine.readMarks().markUnread(conversationId)); });
}

void Client::setTyping(ConversationId conversationId, bool typing)
{
    d->tell([=](Engine &engine) { engine.typingSender().setTyping(conversationId, typing); });
}

OwnPresence Client::ownPresence() const
{
    return d->ownPresence;
}

void Client::setAway(bool away)
{
    d->tell([away](Engine &engine) { engine.ownPresence().setAway(away); });
}

QFuture<Result<OwnPresence>> Client::setStatus(const QString &text, qint64 expiresAt)
{
    return d->ask<OwnPresence>([=](Engine &engine, const Answer<OwnPresence> &answer) {
        const Result<SetStatus> op = engine.ownPresence().makeStatus(text, expiresAt);
        if (op)
            engine.changeOwnPresence(*op, answer);
        else
            answer(op.error());
    });
}

QFuture<Result<OwnPresence>> Client::setLastSeenHidden(bool hidden)
{
    HideLastSeen op;
    op.hidden = hidden;
    return d->ask<OwnPresence>(
        [op](Engine &engine, const Answer<OwnPresence> &answer) { engine.changeOwnPresence(op, answer); });
}

QFuture<Result<QString>> Client::draft(ConversationId conversationId)
{
    return d->ask<QString>(
        [=](Engine &engine, const Answer<QString> &answer) { answer(engine.store().notes().draft(conversationId)); });
}

QFuture<Result<Done>> Client::setDraft(ConversationId conversationId, const QString &text)
{
    return d->ask<Done>(
        [=](Engine &engine, const Answer<Done> &answer) { answer(engine.wishes().setDraft(conversationId, text)); });
}

} // namespace confab::client
