// SPDX-License-Identifier: MIT
#include "server/runtime/metrics/Metrics.h"
#include "server/runtime/metrics/ProcessMetrics.h"
#include "shared/core/FunctionThread.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"

#include <memory>
#include <unistd.h>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// What parts tell of themselves, and how it comes onto a page in Prometheus' text format.
class tst_Metrics : public QObject
{
    Q_OBJECT

private:
    static constexpr qint64 kBounds[] = {10, 20, 50};
    static constexpr MetricName kThings{"things_total", "Things."};
    static constexpr MetricName kLevel{"level", "Where it stands."};
    static constexpr MetricName kSizes{"size_bytes", "Sizes."};

    static double value(const MetricsPage &page, const QByteArray &sample)
    {
        for (const QByteArray &line : page.text().split('\n')) {
            if (line.startsWith(sample + ' '))
                return line.mid(sample.size() + 1).toDouble();
        }
        return -1;
    }

private Q_SLOTS:
    void sortsValuesIntoRanges()
    {
        Distribution sizes(kBounds, 1);
        for (const qint64 size : {0, 10, 11, 50, 51, 1'000'000})
            sizes.record(size);
        QCOMPARE(sizes.countAt(0), 2u); // a bound belongs to the range that ends there
        QCOMPARE(sizes.countAt(1), 1u);
        QCOMPARE(sizes.countAt(2), 1u);
        QCOMPARE(sizes.countAt(3), 2u);
        QCOMPARE(sizes.count(), 6u);
        QCOMPARE(sizes.sum(), 1'000'122);
    }

    void losesNothingOfManyThreads()
    {
        constexpr int kThreads = 4;
        constexpr int kEach = 20'000;
        Distribution sizes(kBounds, 1);
        std::vector<std::unique_ptr<FunctionThread>> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.push_back(std::make_unique<FunctionThread>([&sizes] {
                for (int j = 0; j < kEach; ++j)
                    sizes.record(j % 60);
            }));
            threads.back()->start();
        }
        for (const auto &thread : threads)
            thread->wait();
        QCOMPARE(sizes.count(), quint64(kThreads) * kEach);
    }

    void durationsAscendAndAreShownInSeconds()
    {
        const std::span<const qint64> bounds = Distribution::durationBounds();
        QVERIFY(std::is_sorted(bounds.begin(), bounds.end()));
        Distribution durations(bounds, Distribution::kNanosecondsPerSecond);
        durations.record(1'500'000'000);
        MetricsPage page;
        page.histogram({"wait_seconds", "Waiting."}, durations);
        QCOMPARE(value(page, "wait_seconds_sum"), 1.5);
        QCOMPARE(value(page, "wait_seconds_bucket{le=\"1\"}"), 0);
        QCOMPARE(value(page, "wait_seconds_bucket{le=\"2.5\"}"), 1);
    }

    void writesPrometheusTextFormat()
    {
        MetricsPage page;
        Distribution sizes(kBounds, 1);
        sizes.record(15);
        page.counter(kThings, 3, {{"kind", "a \"quoted\\\" one\n"}});
        page.gauge(kLevel, -0.5);
        page.histogram(kSizes, sizes);
        QCOMPARE(page.text(), QByteArray("# HELP level Where it stands.\n"
                                         "# TYPE level gauge\n"
                                         "level -0.5\n"
                                         "# HELP size_bytes Sizes.\n"
                                         "# TYPE size_bytes histogram\n"
                                         "size_bytes_count 1\n"
                                         "size_bytes_sum 15\n"
                                         "size_bytes_bucket{le=\"10\"} 0\n"
                                         "size_bytes_bucket{le=\"20\"} 1\n"
                                         "size_bytes_bucket{le=\"50\"} 1\n"
                                         "size_bytes_bucket{le=\"+Inf\"} 1\n"
                                         "# HELP things_total Things.\n"
                                         "# TYPE things_total counter\n"
                                         "things_total{kind=\"a \\\"quoted\\\\\\\" one\\n\"} 3\n"));
    }

    void addsUpWhatShardsTell()
    {
        Distribution sizes(kBounds, 1);
        sizes.record(5);
        sizes.record(100);
        MetricsPage all;
        for (int shard = 0; shard < 3; ++shard) {
            MetricsPage page;
            page.counter(kThings, 10 + shard, {{"kind", "a"}});
            page.counter(kThings, 1, {{"kind", "b"}});
            page.gauge(kLevel, 2);
            page.histogram(kSizes, sizes);
            all.add(page);
        }
        QCOMPARE(value(all, "things_total{kind=\"a\"}"), 33);
        QCOMPARE(value(all, "things_total{kind=\"b\"}"), 3);
        QCOMPARE(value(all, "level"), 6);
        QCOMPARE(value(all, "size_bytes_count"), 6);
        QCOMPARE(value(all, "size_bytes_sum"), 315);
        QCOMPARE(value(all, "size_bytes_bucket{le=\"50\"}"), 3);
        QCOMPARE(all.text().count("# TYPE things_total"), 1);
    }

    void asksEverySourceAndLeavesOutWhatFails()
    {
        Metrics metrics;
        metrics.add([](MetricsPage &page) { page.gauge(kLevel, 1); });
        metrics.addDistant([]() -> Task<MetricsPage> { co_return Error::unavailable(u"It stopped."_s); });
        metrics.addDistant([]() -> Task<MetricsPage> {
            MetricsPage page;
            page.gauge(kLevel, 10);
            co_return page;
        });
        const Result<MetricsPage> page = await(metrics.scrape());
        QVERIFY(page);
        QCOMPARE(value(*page, "level"), 11);
    }

    void tellsOfTheProcess()
    {
        MetricsPage page;
        measureProcess(page);
        const double openFiles = value(page, "process_open_fds");
        QVERIFY(openFiles > 0);
        QVERIFY(openFiles < value(page, "process_max_fds"));
        QVERIFY(value(page, "process_resident_memory_bytes") > 1024 * 1024);
        QVERIFY(value(page, "process_virtual_memory_bytes") >= value(page, "process_resident_memory_bytes"));
        QVERIFY(value(page, "process_cpu_seconds_total") >= 0);
        QVERIFY(value(page, "process_start_time_seconds") > 1'500'000'000);

        int ends[2] = {-1, -1};
        QCOMPARE(::pipe(ends), 0);
        MetricsPage later;
        measureProcess(later);
        ::close(ends[0]);
        ::close(ends[1]);
        QCOMPARE(value(later, "process_open_fds"), openFiles + 2);
    }
};

CONFAB_TEST_CLASS(tst_Metrics)
#include "tst_Metrics.moc"
