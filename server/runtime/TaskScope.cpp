// SPDX-License-Identifier: MIT
#include "server/runtime/TaskScope.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QTimer>

namespace confab::server {

namespace {
constexpr int kDrainOnDestructionMs = 10'000;
}

TaskScope::TaskScope(const QLoggingCategory &category) : m_state(std::make_shared<State>(State{category, 0, {}})) { }

TaskScope::~TaskScope()
{
    if (m_state->count == 0)
        return;
    // Not QEventLoop::exec(): that returns at once in a thread that has been told to quit.
    QEventLoop loop;
    QTimer wakeAtDeadline;
    wakeAtDeadline.setSingleShot(true);
    wakeAtDeadline.start(kDrainOnDestructionMs);
    while (m_state->count > 0 && wakeAtDeadline.isActive())
        loop.processEvents(QEventLoop::WaitForMoreEvents);
    if (m_state->count > 0)
        qCCritical(m_state->category, "%d tasks did not end and were left behind", m_state->count);
}

QCoro::Task<Result<Done>> TaskScope::drained()
{
    return waitUntilDrained(m_state);
}

QCoro::Task<Result<Done>> TaskScope::waitUntilDrained(std::shared_ptr<State> state)
{
    while (state->count > 0) {
        Completion<Done> empty;
        state->waiters.push_back(empty.completer());
        const Result<Done> result = co_await empty;
        if (!result)
            co_return result.error();
    }
    co_return Done{};
}

void TaskScope::logError(const State &state, const char *name, const Error &error)
{
    qCWarning(state.category, "%s failed: %s: %ls", name, errorTraits(error.code).wireName.data(),
              qUtf16Printable(error.message));
}

void TaskScope::logException(const State &state, const char *name)
{
    qCCritical(state.category, "%s ended by an exception", name);
}

void TaskScope::ended(State &state)
{
    if (--state.count > 0)
        return;
    const auto waiters = std::exchange(state.waiters, {});
    for (const Completer<Done> &waiter : waiters)
        waiter.complete(Done{});
}

} // namespace confab::server
