// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/metrics/Distribution.h"

#include <QtCore/QByteArray>

#include <prometheus/metric_family.h>

#include <utility>
#include <vector>

namespace confab::server {

/// What a metric is called and what it says, in one sentence.
struct MetricName
{
    const char *name;
    const char *help;
};

/// What one scrape shows. The same sample added twice is the sum of both, so shards and their parts just add theirs.
///
/// Labels hold what the program knows of, never what people wrote or an id: their number is bounded.
class MetricsPage
{
public:
    struct Label
    {
        const char *name;
        QByteArray value;
    };
    using Labels = std::vector<Label>;

    /// Something that only grows.
    void counter(const MetricName &name, double value, const Labels &labels = {});
    /// Something that goes up and down.
    void gauge(const MetricName &name, double value, const Labels &labels = {});
    void histogram(const MetricName &name, const Distribution &values, const Labels &labels = {});

    void add(const MetricsPage &other);

    /// Prometheus' text format, version 0.0.4, families in order of their names.
    QByteArray text() const;
    static QByteArray contentType() { return "text/plain; version=0.0.4; charset=utf-8"; }

private:
    using Family = prometheus::MetricFamily;
    using Sample = prometheus::ClientMetric;

    Family &familyOf(const std::string &name, const std::string &help, prometheus::MetricType type);
    static Sample &sampleOf(Family &family, const std::vector<Sample::Label> &labels);
    static void addTo(Sample &sum, const Sample &more);

    std::vector<Family> m_families;
};

} // namespace confab::server
