// SPDX-License-Identifier: MIT
#include "client-sdk/src/engine/ClientPrivate.h"

#include "client-sdk/src/connection/WebSocketTransport.h"
#include "client-sdk/src/engine/ClientModelSource.h"
#include "client-sdk/src/secrets/FileSecretStore.h"
#include "client-sdk/src/secrets/KeychainSecretStore.h"
#include "client-sdk/src/secrets/MemorySecretStore.h"

#include <Confab/WhenDone.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QRandomGenerator>
#include <QtCore/QSemaphore>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

// What a person waits for at most when a window closes while the disk hangs.
constexpr int kCloseWithinMs = 900;

std::unique_ptr<SecretStore> makeSecretStore(const ClientSettings &settings, SecretPolicy policy)
{
    if (settings.makeSecretStore)
        return settings.makeSecretStore();
    switch (policy) {
    case SecretPolicy::Keyring:
        return std::make_unique<KeychainSecretStore>(u"confab"_s);
    case SecretPolicy::PlainFile:
        return std::make_unique<FileSecretStore>(settings.profileDirectory);
    case SecretPolicy::SessionOnly:
        break;
    }
    return std::make_unique<MemorySecretStore>();
}

EngineParts partsFor(const ClientSettings &settings, QThread *networkThread)
{
    EngineParts parts;
    parts.settings = settings;
    parts.makeTransport = [networkThread] { return std::make_unique<WebSocketTransport>(networkThread); };
    parts.makeSecretStore = [settings](SecretPolicy policy) { return makeSecretStore(settings, policy); };
    parts.clock = std::make_shared<SystemClock>();
    parts.random = [] { return QRandomGenerator::global()->generateDouble(); };
    return parts;
}

} // namespace

ClientPrivate::ClientPrivate(Client &client, const ClientSettings &settings)
    : q(client), workers(Workers::shared()), relay(new QObject, [](QObject *object) { object->deleteLater(); }),
      engine(new Engine(partsFor(settings, workers->network()))), serverUrl(settings.serverUrl)
{
    auto modelSource = std::make_unique<ClientModelSource>(*this);
    modelSource->listenTo(engine->publisher());
    modelSource->listenTo(engine->typingPeople());
    modelSource->listenTo(engine->peoplePresence());
    source = std::move(modelSource);

    QObject::connect(engine, &Engine::stateChanged, &q, [this](Client::State newState, const QString &reason) {
        state = newState;
        stateReason = reason;
        Q_EMIT q.stateChanged();
    });
    QObject::connect(engine, &Engine::meChanged, &q, [this](const User &user) {
        me = user;
        Q_EMIT q.meChanged();
    });
    QObject::connect(engine, &Engine::serverInfoChanged, &q, [this](const ServerInfo &newServer) {
        server = newServer;
        Q_EMIT q.serverInfoChanged();
    });
    QObject::connect(engine, &Engine::serverUrlChanged, &q, [this](const QUrl &url) {
        serverUrl = url;
        Q_EMIT q.serverUrlChanged();
    });
    QObject::connect(engine, &Engine::storageFullChanged, &q, [this](bool full) {
        storageFull = full;
        Q_EMIT q.storageFullChanged();
    });
    QObject::connect(engine, &Engine::messageReceived, &q, &Client::messageReceived);
    QObject::connect(&engine->ownPresence(), &OwnPresenceSync::changed, &q, [this](const OwnPresence &own) {
        ownPresence = own;
        Q_EMIT q.ownPresenceChanged();
    });

    QObject::connect(engine, &Engine::tokenNeeded, &q, [this](int question) { askForToken(question); });

    engine->moveToThread(workers->storage());
    tell([](Engine &opened) { opened.open(); });
}

ClientPrivate::~ClientPrivate()
{
    const auto done = std::make_shared<QSemaphore>();
    Engine *ending = std::exchange(engine, nullptr);
    QMetaObject::invokeMethod(
        ending,
        [ending, done] {
            delete ending;
            done->release();
        },
        Qt::QueuedConnection);
    // When the disk hangs, the threads outlive us: ending them would mean to wait for the disk here.
    if (!done->tryAcquire(1, kCloseWithinMs))
        new std::shared_ptr<Workers>(workers);
    // Answers still under way are given now. Left to the end of the program they would be taken apart with its event
    // queue, whose lock they need.
    QCoreApplication::sendPostedEvents(relay.get(), QEvent::MetaCall);
}

void ClientPrivate::tell(std::function<void(Engine &engine)> news)
{
    if (!engine)
        return;
    QMetaObject::invokeMethod(
        engine, [engine = engine, news = std::move(news)] { news(*engine); }, Qt::QueuedConnection);
}

void ClientPrivate::setTokenProvider(Client::TokenProvider provider)
{
    tokenProvider = std::move(provider);
    tell([use = static_cast<bool>(tokenProvider)](Engine &told) { told.useTokenProvider(use); });
}

void ClientPrivate::askForToken(int question)
{
    if (!tokenProvider)
        return;
    whenDone(tokenProvider(), &q, [this, question](const Result<QString> &token) {
        tell([question, token](Engine &told) { told.answerToken(question, token); });
    });
}

QFuture<Result<User>> ClientPrivate::signInWithProvider()
{
    const Answer<User> answer(relay);
    const QFuture<Result<User>> future = answer.future();
    if (!tokenProvider) {
        answer(Error::invalid(u"tokenProvider"_s, u"Set a token provider first."_s));
        return future;
    }
    whenDone(tokenProvider(), &q, [this, answer](const Result<QString> &token) {
        if (token)
            tell([answer, token = *token](Engine &told) { told.signInWithToken(token, answer); });
        else
            answer(token.error());
    });
    return future;
}

} // namespace confab::client
