// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Completion.h"
#include "shared/core/Result.h"

#include <qcoro/qcorotask.h>

#include <QtCore/QLoggingCategory>

#include <memory>
#include <vector>

namespace confab::server {

/// Owns the tasks nobody awaits: counts them, logs how they failed, and is drained before what they use goes.
///
/// It belongs to the thread that made it, and so do its tasks.
class TaskScope final
{
public:
    /// Failures are logged to \a category, which must outlive all tasks (a declared category does).
    explicit TaskScope(const QLoggingCategory &category);

    /// Runs the event loop until the tasks have ended, 10 s at most; those that have not are logged and left.
    ~TaskScope();
    Q_DISABLE_COPY_MOVE(TaskScope)

    /// Keeps \a task until it ends. An error is logged as \a name, code and message; `name` is a literal.
    template<typename T>
    void spawn(QCoro::Task<Result<T>> task, const char *name = "task")
    {
        keep(m_state, std::move(task), name);
    }

    int count() const { return m_state->count; }

    /// Ends when no task is left. Tasks spawned meanwhile are waited for too.
    QCoro::Task<Result<Done>> drained();

private:
    struct State
    {
        const QLoggingCategory &category;
        int count = 0;
        std::vector<Completer<Done>> waiters;
    };

    template<typename T>
    static QCoro::Task<> keep(std::shared_ptr<State> state, QCoro::Task<Result<T>> task, const char *name)
    {
        ++state->count;
        try {
            const Result<T> result = co_await task;
            if (!result)
                logError(*state, name, result.error());
        } catch (...) {
            // Our code throws nothing, a library under it may. What it says is not ours to log.
            logException(*state, name);
        }
        ended(*state);
    }

    static void logError(const State &state, const char *name, const Error &error);
    static void logException(const State &state, const char *name);
    static void ended(State &state);
    static QCoro::Task<Result<Done>> waitUntilDrained(std::shared_ptr<State> state);

    std::shared_ptr<State> m_state;
};

} // namespace confab::server
