// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/Answer.h"
#include "client-sdk/src/engine/Engine.h"
#include "client-sdk/src/engine/Workers.h"

#include <Confab/Client.h>

namespace confab::client {

class ModelSource;

/// What a Client knows in its own thread, and its way to the engine.
class ClientPrivate
{
public:
    ClientPrivate(Client &client, const ClientSettings &settings);
    ~ClientPrivate();
    Q_DISABLE_COPY_MOVE(ClientPrivate)

    /// Runs \a question in the engine's thread; what it answers finishes the future in this thread.
    template<typename T>
    QFuture<Result<T>> ask(std::function<void(Engine &engine, const Answer<T> &answer)> question)
    {
        const Answer<T> answer(relay);
        const QFuture<Result<T>> future = answer.future();
        if (engine) {
            QMetaObject::invokeMethod(
                engine, [engine = engine, answer, question = std::move(question)] { question(*engine, answer); },
                Qt::QueuedConnection);
        }
        return future;
    }

    void tell(std::function<void(Engine &engine)> news);
    void askForToken(int question);
    void setTokenProvider(Client::TokenProvider provider);
    QFuture<Result<User>> signInWithProvider();

    Client &q;
    std::shared_ptr<Workers> workers;
    std::shared_ptr<QObject> relay;
    Engine *engine = nullptr; ///< Lives and dies in the storage thread; null once it is told to end.
    std::unique_ptr<ModelSource> source;

    Client::State state = Client::State::Starting;
    QString stateReason;
    User me;
    OwnPresence ownPresence;
    ServerInfo server;
    QUrl serverUrl;
    bool storageFull = false;
    Client::TokenProvider tokenProvider;
};

} // namespace confab::client
