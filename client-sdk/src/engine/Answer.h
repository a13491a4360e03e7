// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Types.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QObject>
#include <QtCore/QPromise>

#include <memory>

namespace confab::client {

/// The engine's half of a future: carries one result into the asker's thread.
///
/// The result reaches the future's watchers before anything that the engine posts to that thread after it. Copies share
/// the promise. When the last copy goes without an answer (the client was destroyed), the future finishes
/// with `unavailable`.
template<typename T>
class Answer
{
public:
    /// \a relay lives in the asker's thread and outlives whatever it is asked for.
    explicit Answer(std::shared_ptr<QObject> relay) : m_state(std::make_shared<State>())
    {
        m_state->relay = std::move(relay);
    }

    QFuture<Result<T>> future() const { return m_state->promise.future(); }

    void operator()(Result<T> result) const
    {
        QMetaObject::invokeMethod(
            m_state->relay.get(),
            [state = m_state, result = std::move(result)] {
                state->finish(result);
                // A QFutureWatcher hears of it by one more event, which would come after what the engine signalled
                // meanwhile; a model would take that for part of the answer and forget it.
                QCoreApplication::sendPostedEvents(nullptr, QEvent::FutureCallOut);
            },
            Qt::QueuedConnection);
    }

private:
    struct State
    {
        State() { promise.start(); }
        ~State() { finish(Error::unavailable(QStringLiteral("The client was closed."))); }

        void finish(const Result<T> &result)
        {
            if (std::exchange(finished, true))
                return;
            promise.addResult(result);
            promise.finish();
        }

        QPromise<Result<T>> promise;
        std::shared_ptr<QObject> relay;
        bool finished = false;
    };

    std::shared_ptr<State> m_state;
};

} // namespace confab::client
