// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/ThreadInbox.h"
#include "shared/core/Result.h"

#include <qcoro/qcorotask.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace confab::server {

namespace detail {

/// What a Completion and its Completer share.
template<typename T>
struct CompletionState
{
    std::mutex mutex;
    std::optional<Result<T>> value;     // guarded by mutex
    bool completed = false;             // guarded by mutex
    std::coroutine_handle<> waiter;     // guarded by mutex
    std::shared_ptr<ThreadInbox> inbox; // guarded by mutex; of the thread that waits

    bool complete(Result<T> result)
    {
        std::shared_ptr<ThreadInbox> home;
        std::coroutine_handle<> handle;
        {
            const std::lock_guard lock(mutex);
            if (completed)
                return false;
            completed = true;
            value.emplace(std::move(result));
            handle = std::exchange(waiter, nullptr);
            home = std::move(inbox);
        }
        // Where the waiting thread is gone the coroutine stays suspended for good: nobody else may run it.
        if (handle)
            home->post([handle] { handle.resume(); });
        return true;
    }
};

/// Completes a state that nobody else completed when the last Completer goes.
template<typename T>
struct CompletionGuard
{
    std::shared_ptr<CompletionState<T>> state;

    explicit CompletionGuard(std::shared_ptr<CompletionState<T>> shared) : state(std::move(shared)) { }
    ~CompletionGuard()
    {
        state->complete(Error::unavailable(QStringLiteral("The work was given up before it was done.")));
    }
    Q_DISABLE_COPY_MOVE(CompletionGuard)
};

} // namespace detail

/// The producer's end of a Completion: puts the result exactly once, from any thread.
///
/// Copies share one duty. When the last copy goes without a result, the waiting side gets `unavailable`.
template<typename T>
class Completer
{
public:
    /// Puts the result; false when there was one already, which then stands.
    bool complete(Result<T> result) const { return m_guard->state->complete(std::move(result)); }

private:
    template<typename>
    friend class Completion;
    explicit Completer(std::shared_ptr<detail::CompletionState<T>> state)
        : m_guard(std::make_shared<detail::CompletionGuard<T>>(std::move(state)))
    {
    }

    std::shared_ptr<detail::CompletionGuard<T>> m_guard;
};

/// The awaitable end of a result that is produced elsewhere, usually on another thread.
///
/// `co_await` yields Result<T> and resumes on the thread that awaited, from its event loop; it does not suspend
/// when the result is there already. One coroutine may await it, once. If the awaiting thread ended meanwhile,
/// the resumption is dropped.
template<typename T>
class [[nodiscard]] Completion
{
public:
    Completion() : m_state(std::make_shared<detail::CompletionState<T>>()) { }

    /// A completion that holds its result from the start.
    static Completion ready(Result<T> result)
    {
        Completion completion;
        completion.m_state->complete(std::move(result));
        return completion;
    }

    /// The producer's end. Copy the one you get instead of asking twice: the first one to be dropped completes.
    Completer<T> completer() const { return Completer<T>(m_state); }

    bool await_ready() const
    {
        const std::lock_guard lock(m_state->mutex);
        return m_state->value.has_value();
    }

    bool await_suspend(std::coroutine_handle<> handle)
    {
        // A copy: once the lock is released the producer may resume the coroutine that owns this object.
        const auto state = m_state;
        const std::lock_guard lock(state->mutex);
        Q_ASSERT(!state->waiter);
        if (state->value)
            return false;
        state->waiter = handle;
        state->inbox = ThreadInbox::current();
        return true;
    }

    Result<T> await_resume()
    {
        const std::lock_guard lock(m_state->mutex);
        Result<T> result = std::move(*m_state->value);
        m_state->value.reset();
        return result;
    }

private:
    std::shared_ptr<detail::CompletionState<T>> m_state;
};

} // namespace confab::server
