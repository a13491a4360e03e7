// SPDX-License-Identifier: MIT
// The one header for asynchronous server code: the task type, the scope that keeps tasks, and results of other
// threads. What a coroutine must keep to (GCC 12 destroys some temporaries twice, a dropped task runs on):
//   * parameters by value; references only to services and backends, which outlive every task;
//   * a `co_await` statement holds only calls on named values, and no structured binding;
//   * every task is awaited or given to a TaskScope.
#pragma once

#include "server/runtime/Completion.h"
#include "server/runtime/TaskScope.h"
#include "shared/core/Result.h"

#include <qcoro/qcorotask.h>

namespace confab::server {

/// A running server coroutine that ends in a value or an Error. It starts at once, on the caller's thread.
template<typename T>
using Task = QCoro::Task<Result<T>>;

} // namespace confab::server
