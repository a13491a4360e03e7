// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

namespace confab::server {

/// Runs blocking work somewhere else than in the call, each piece once.
///
/// Stands in for a component's own threads where one thread is to do everything, as in a simulation. It may run the
/// work on any thread, as long as it is always the same one.
using WorkRunner = std::function<void(std::function<void()> work)>;

} // namespace confab::server
