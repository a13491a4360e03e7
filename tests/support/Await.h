// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <qcoro/qcorotask.h>

#include <QtCore/QEventLoop>
#include <QtCore/QTimer>

#include <memory>
#include <optional>

namespace confab::test {

namespace detail {

template<typename T>
struct AwaitState
{
    std::optional<Result<T>> result;
    QEventLoop *loop = nullptr; // null once nobody waits any more
};

template<typename T>
QCoro::Task<> keepResult(std::shared_ptr<AwaitState<T>> state, QCoro::Task<Result<T>> task)
{
    try {
        state->result.emplace(co_await task);
    } catch (...) {
        state->result.emplace(Error::internal(QStringLiteral("the task ended by an exception")));
    }
    if (state->loop)
        state->loop->quit();
}

} // namespace detail

/// Runs the event loop until \a task ends and returns its result; `unavailable` after \a timeoutMs without one.
///
/// Unlike QCoro::waitFor it returns when the coroutine throws (as `internal`) or never ends.
template<typename T>
Result<T> await(QCoro::Task<Result<T>> task, int timeoutMs = 30'000)
{
    const auto state = std::make_shared<detail::AwaitState<T>>();
    QEventLoop loop;
    state->loop = &loop;
    detail::keepResult<T>(state, std::move(task));
    if (!state->result) {
        QTimer::singleShot(timeoutMs, &loop, &QEventLoop::quit);
        loop.exec();
    }
    state->loop = nullptr;
    if (!state->result)
        return Error::unavailable(QStringLiteral("the task did not end in time"));
    return std::move(*state->result);
}

} // namespace confab::test
