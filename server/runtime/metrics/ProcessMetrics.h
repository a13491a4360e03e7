// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/metrics/MetricsPage.h"

namespace confab::server {

/// What the system says of this process, by the names that Prometheus' own libraries use. Linux only; elsewhere
/// nothing.
void measureProcess(MetricsPage &page);

} // namespace confab::server
