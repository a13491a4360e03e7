// SPDX-License-Identifier: MIT
#include "server/runtime/metrics/ProcessMetrics.h"

#include <QtCore/QByteArrayList>
#include <QtCore/QFile>

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

constexpr MetricName kCpu{"process_cpu_seconds_total", "Total user and system CPU time spent in seconds."};
constexpr MetricName kOpenFiles{"process_open_fds", "Number of open file descriptors."};
constexpr MetricName kMostFiles{"process_max_fds", "Maximum number of open file descriptors."};
constexpr MetricName kVirtual{"process_virtual_memory_bytes", "Virtual memory size in bytes."};
constexpr MetricName kResident{"process_resident_memory_bytes", "Resident memory size in bytes."};
constexpr MetricName kStart{"process_start_time_seconds", "Start time of the process since unix epoch in seconds."};

// The fields of /proc/self/stat (proc(5)) after the program's name, which may hold spaces; the first is the state.
enum StatField { UserTicks = 11, SystemTicks = 12, StartTicks = 19, VirtualBytes = 20, ResidentPages = 21 };

QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly | QIODevice::Unbuffered) ? file.readAll() : QByteArray();
}

/// When the machine started, in seconds since 1970.
double bootTime()
{
    for (const QByteArray &line : readFile(u"/proc/stat"_s).split('\n')) {
        if (line.startsWith("btime "))
            return line.mid(6).toDouble();
    }
    return 0;
}

int openFiles()
{
    DIR *directory = ::opendir("/proc/self/fd");
    if (!directory)
        return 0;
    int count = 0;
    while (::readdir(directory))
        ++count;
    ::closedir(directory);
    return count - 3; // ".", ".." and the directory's own
}

} // namespace

void measureProcess(MetricsPage &page)
{
    const QByteArray stat = readFile(u"/proc/self/stat"_s);
    const QByteArrayList fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
    if (fields.size() <= ResidentPages)
        return;
    const double ticksPerSecond = static_cast<double>(::sysconf(_SC_CLK_TCK));
    page.counter(kCpu, (fields[UserTicks].toDouble() + fields[SystemTicks].toDouble()) / ticksPerSecond);
    page.gauge(kStart, bootTime() + fields[StartTicks].toDouble() / ticksPerSecond);
    page.gauge(kVirtual, fields[VirtualBytes].toDouble());
    page.gauge(kResident, fields[ResidentPages].toDouble() * static_cast<double>(::sysconf(_SC_PAGESIZE)));
    page.gauge(kOpenFiles, openFiles());
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        page.gauge(kMostFiles, static_cast<double>(limit.rlim_cur));
}

} // namespace confab::server
