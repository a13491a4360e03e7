// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace confab::server {

/// How a log line looks.
enum class LogFormat {
    Text, ///< `2026-11-25T04:30:00.123Z warning gateway: message`
    Json, ///< One object a line with time, level, category and message.
};

enum class LogLevel { Debug, Info, Warning, Error };

LogLevel logLevelOf(QtMsgType type);

/// Which lines are written: a level for all categories, and other ones for some.
struct LogLevels
{
    LogLevel everything = LogLevel::Info;
    QHash<QString, LogLevel> categories;

    /// Qt's own categories say warnings and worse unless they are named.
    LogLevel of(const QString &category) const;
    bool operator==(const LogLevels &) const = default;
};

/// The names of the server's logging categories.
const QStringList &logCategoryNames();

/// Reads `info`, or a list like `gateway=debug,qt.network=info,warning`. The error says which part is wrong.
Result<LogLevels> parseLogLevels(const QString &text);

/// One finished line with its newline. What could end the line early, forge another or steer a terminal is escaped,
/// and very long messages are cut.
QByteArray formatLogLine(LogFormat format, qint64 utcMs, QtMsgType type, const QString &category,
                         const QString &message);

} // namespace confab::server
