// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QFutureWatcher>

#include <utility>

namespace confab::client {

/// Calls \a function once with the future's result, in \a context's thread, which must be the calling one; never when
/// \a context is destroyed first.
///
/// Use it instead of QFuture::then(context, …), which until Qt 6.5 asserts where the context went before the result.
/// Unlike that it leaves room for other continuations.
template<typename T, typename Function>
void whenDone(const QFuture<T> &future, QObject *context, Function function)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                     [watcher, function = std::move(function)]() mutable {
                         const T result = watcher->result();
                         watcher->deleteLater();
                         function(result);
                     });
    watcher->setFuture(future);
}

} // namespace confab::client
