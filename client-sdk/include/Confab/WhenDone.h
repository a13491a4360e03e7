// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QFutureWatcher>

#include <utility>

namespace confab::client {

/// Calls \a function once with the future's result, in \a context's thread, which must be the calling one; never when
/// \a context is destroyed first. A result that is there already is delivered before this returns.
///
/// Use it instead of QFuture::then(context, …), which until Qt 6.5 asserts where the context went before the result.
/// Unlike that it leaves room for other continuations.
template<typename T, typename Function>
void whenDone(const QFuture<T> &future, QObject *context, Function function)
{
    if (future.isFinished() && future.resultCount() > 0) {
        const T result = future.result();
        function(result);
        return;
    }
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, function = std::move(function)]() mutable {
                         watcher->deleteLater();
                         if (watcher->future().resultCount() == 0) // cancelled, or its promise was dropped
                             return;
                         const T result = watcher->result();
                         function(result);
                     });
    watcher->setFuture(future);
}

} // namespace confab::client
