// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Async.h"
#include "server/runtime/metrics/MetricsPage.h"

#include <functional>
#include <vector>

namespace confab::server {

/// Knows who can tell something of this process, and asks them all when somebody scrapes.
///
/// Parts count for themselves, without locks and without looking anything up by a label; only a scrape puts names to
/// it. The composition root adds the sources before the first scrape; after that any thread may scrape.
class Metrics
{
public:
    /// Writes what it knows onto the page. Called on the thread that scrapes, and on several at a time.
    using Source = std::function<void(MetricsPage &page)>;
    /// The same for what has to be asked on other threads. Runs on the thread that scrapes.
    using DistantSource = std::function<Task<MetricsPage>()>;

    Metrics() = default;
    Q_DISABLE_COPY_MOVE(Metrics)

    void add(Source source) { m_sources.push_back(std::move(source)); }
    void addDistant(DistantSource source) { m_distantSources.push_back(std::move(source)); }

    /// Everything as it is now. A distant source that fails is left out.
    Task<MetricsPage> scrape() const;

private:
    std::vector<Source> m_sources;
    std::vector<DistantSource> m_distantSources;
};

} // namespace confab::server
