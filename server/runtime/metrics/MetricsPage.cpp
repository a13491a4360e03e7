// SPDX-License-Identifier: MIT
#include "server/runtime/metrics/MetricsPage.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

namespace confab::server {

namespace {

std::vector<prometheus::ClientMetric::Label> prometheusLabels(const MetricsPage::Labels &labels)
{
    std::vector<prometheus::ClientMetric::Label> result;
    for (const MetricsPage::Label &label : labels)
        result.push_back({label.name, label.value.toStdString()});
    return result;
}

} // namespace

void MetricsPage::counter(const MetricName &name, double value, const Labels &labels)
{
    Family &family = familyOf(name.name, name.help, prometheus::MetricType::Counter);
    sampleOf(family, prometheusLabels(labels)).counter.value += value;
}

void MetricsPage::gauge(const MetricName &name, double value, const Labels &labels)
{
    Family &family = familyOf(name.name, name.help, prometheus::MetricType::Gauge);
    sampleOf(family, prometheusLabels(labels)).gauge.value += value;
}

void MetricsPage::histogram(const MetricName &name, const Distribution &values, const Labels &labels)
{
    Sample shown;
    quint64 count = 0;
    const std::span<const qint64> bounds = values.bounds();
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        count += values.countAt(i);
        const double bound = i < bounds.size() ? static_cast<double>(bounds[i]) / values.perUnit()
                                               : std::numeric_limits<double>::infinity();
        shown.histogram.bucket.push_back({count, bound});
    }
    shown.histogram.sample_count = count;
    shown.histogram.sample_sum = static_cast<double>(values.sum()) / values.perUnit();
    Family &family = familyOf(name.name, name.help, prometheus::MetricType::Histogram);
    addTo(sampleOf(family, prometheusLabels(labels)), shown);
}

void MetricsPage::add(const MetricsPage &other)
{
    for (const Family &theirs : other.m_families) {
        Family &ours = familyOf(theirs.name, theirs.help, theirs.type);
        for (const Sample &sample : theirs.metric)
            addTo(sampleOf(ours, sample.label), sample);
    }
}

QByteArray MetricsPage::text() const
{
    std::vector<Family> sorted = m_families;
    std::sort(sorted.begin(), sorted.end(), [](const Family &a, const Family &b) { return a.name < b.name; });
    return QByteArray::fromStdString(prometheus::TextSerializer().Serialize(sorted));
}

MetricsPage::Family &MetricsPage::familyOf(const std::string &name, const std::string &help,
                                           prometheus::MetricType type)
{
    const auto found = std::find_if(m_families.begin(), m_families.end(),
                                    [&name](const Family &family) { return family.name == name; });
    if (found != m_families.end()) {
        Q_ASSERT(found->type == type);
        return *found;
    }
    m_families.push_back({name, help, type, {}});
    return m_families.back();
}

MetricsPage::Sample &MetricsPage::sampleOf(Family &family, const std::vector<Sample::Label> &labels)
{
    const auto found = std::find_if(family.metric.begin(), family.metric.end(),
                                    [&labels](const Sample &sample) { return sample.label == labels; });
    if (found != family.metric.end())
        return *found;
    family.metric.emplace_back().label = labels;
    return family.metric.back();
}

void MetricsPage::addTo(Sample &sum, const Sample &more)
{
    sum.counter.value += more.counter.value;
    sum.gauge.value += more.gauge.value;
    sum.histogram.sample_count += more.histogram.sample_count;
    sum.histogram.sample_sum += more.histogram.sample_sum;
    if (sum.histogram.bucket.empty()) {
        sum.histogram.bucket = more.histogram.bucket;
        return;
    }
    Q_ASSERT(sum.histogram.bucket.size() == more.histogram.bucket.size());
    for (std::size_t i = 0; i < sum.histogram.bucket.size(); ++i)
        sum.histogram.bucket[i].cumulative_count += more.histogram.bucket[i].cumulative_count;
}

} // namespace confab::server
