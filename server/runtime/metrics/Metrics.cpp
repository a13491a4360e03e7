// SPDX-License-Identifier: MIT
#include "server/runtime/metrics/Metrics.h"

namespace confab::server {

Task<MetricsPage> Metrics::scrape() const
{
    MetricsPage page;
    for (const DistantSource &source : m_distantSources) {
        Task<MetricsPage> asking = source();
        const Result<MetricsPage> distant = co_await asking;
        if (distant)
            page.add(*distant);
    }
    for (const Source &source : m_sources)
        source(page);
    co_return page;
}

} // namespace confab::server
