// SPDX-License-Identifier: MIT
#include "server/runtime/Logging.h"

#include <QtCore/QDateTime>
#include <QtCore/QLoggingCategory>

#include <cerrno>
#include <mutex>
#include <shared_mutex>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

namespace confab::server {

namespace {

/// What the handler and the filter, which Qt calls as plain functions, work by.
struct Settings
{
    std::shared_mutex mutex;
    LogFormat format = LogFormat::Text;
    LogLevels levels;
    int descriptor = 2;
};

Settings &settings()
{
    // Never destroyed: threads may still log while the process ends.
    static auto *instance = new Settings;
    return *instance;
}

void writeAll(int descriptor, const QByteArray &line)
{
    const char *at = line.constData();
    auto left = static_cast<std::size_t>(line.size());
    while (left > 0) {
#ifdef Q_OS_WIN
        const auto written = _write(descriptor, at, static_cast<unsigned>(left));
#else
        const auto written = ::write(descriptor, at, left);
#endif
        if (written < 0 && errno == EINTR)
            continue;
        // A log nobody reads must not stop the server.
        if (written <= 0)
            return;
        at += written;
        left -= static_cast<std::size_t>(written);
    }
}

void handleMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const int savedErrno = errno;
    const QString category = QString::fromUtf8(context.category ? context.category : "default");
    Settings &current = settings();
    const std::shared_lock lock(current.mutex);
    writeAll(current.descriptor,
             formatLogLine(current.format, QDateTime::currentMSecsSinceEpoch(), type, category, message));
    errno = savedErrno;
}

void filterCategory(QLoggingCategory *category)
{
    Settings &current = settings();
    const std::shared_lock lock(current.mutex);
    const LogLevel level = current.levels.of(QString::fromUtf8(category->categoryName()));
    for (const QtMsgType type : {QtDebugMsg, QtInfoMsg, QtWarningMsg, QtCriticalMsg})
        category->setEnabled(type, logLevelOf(type) >= level);
}

} // namespace

Logging::Logging(LogFormat format, const LogLevels &levels, int descriptor)
{
    {
        Settings &current = settings();
        const std::unique_lock lock(current.mutex);
        current.format = format;
        current.levels = levels;
        current.descriptor = descriptor;
    }
    QLoggingCategory::installFilter(filterCategory);
    qInstallMessageHandler(handleMessage);
}

Logging::~Logging()
{
    qInstallMessageHandler(nullptr);
}

} // namespace confab::server
