// SPDX-License-Identifier: MIT
// What the embedded store tells at /metrics.
#include "server/backends/database/StoreMetrics.h"
#include "server/backends/database/sqlite/SqliteDatabase.h"
#include "server/backends/database/sqlite/SqliteReaders.h"
#include "server/backends/database/sqlite/SqliteWriter.h"

#include <QtCore/QFile>

#include <sys/stat.h>
#include <sys/statvfs.h>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

constexpr MetricName kSize{"confab_database_size_bytes", "Size of the database file."};
constexpr MetricName kLogSize{"confab_database_wal_bytes", "Size of the database's write-ahead log."};
constexpr MetricName kFree{"confab_database_free_bytes", "Room left on the database's file system."};

double fileSize(const QString &path)
{
    struct stat status = {};
    return ::stat(QFile::encodeName(path).constData(), &status) == 0 ? static_cast<double>(status.st_size) : 0;
}

} // namespace

void SqliteDatabase::measure(MetricsPage &page) const
{
    const WriterCounters &writer = counters();
    page.counter(store_metrics::kCommits, static_cast<double>(writer.commits));
    page.counter(store_metrics::kUndone, static_cast<double>(writer.undone));
    page.counter(store_metrics::kWrites, static_cast<double>(writer.batches));
    page.counter(store_metrics::kMessages, static_cast<double>(writer.appends));
    page.histogram(store_metrics::kCommitDuration, writer.commitDurations);
    page.histogram(store_metrics::kGroupSize, writer.groupSizes);
    page.gauge(store_metrics::kWritesWaiting, static_cast<double>(m_writer->waiting()));
    page.counter(store_metrics::kQueries, static_cast<double>(m_readers->answered()));
    page.gauge(store_metrics::kQueriesWaiting, static_cast<double>(m_readers->waiting()));
    page.gauge(kSize, fileSize(m_filePath));
    page.gauge(kLogSize, fileSize(m_filePath + "-wal"_L1));
    struct statvfs space = {};
    if (::statvfs(QFile::encodeName(m_filePath).constData(), &space) == 0)
        page.gauge(kFree, static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize));
}

} // namespace confab::server
