// SPDX-License-Identifier: MIT
#include "server/runtime/LogFormat.h"

#include <QtCore/QDateTime>

#include <array>
#include <optional>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype kLongestMessage = 8192;
constexpr std::array kLevelNames{"debug"_L1, "info"_L1, "warning"_L1, "error"_L1};

std::optional<LogLevel> levelNamed(QStringView name)
{
    for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
        if (kLevelNames[i] == name)
            return static_cast<LogLevel>(i);
    }
    return std::nullopt;
}

bool isUnsafe(char16_t unit)
{
    const bool control = unit < 0x20 || (unit >= 0x7f && unit < 0xa0);
    const bool lineEnd = unit == 0x2028 || unit == 0x2029;
    const bool bidi =
        unit == 0x200e || unit == 0x200f || (unit >= 0x202a && unit <= 0x202e) || (unit >= 0x2066 && unit <= 0x2069);
    return control || lineEnd || bidi || unit == 0xfeff;
}

QString escaped(const QString &message, bool quotes)
{
    const QStringView shown = QStringView(message).left(kLongestMessage);
    QString out;
    out.reserve(shown.size() + 16);
    for (qsizetype i = 0; i < shown.size(); ++i) {
        const QChar unit = shown[i];
        const bool paired = unit.isHighSurrogate() && i + 1 < shown.size() && shown[i + 1].isLowSurrogate();
        if (paired) {
            out += unit;
            out += shown[++i];
        } else if (unit == u'\\' || (quotes && unit == u'"')) {
            out += u'\\';
            out += unit;
        } else if (unit == u'\n') {
            out += "\\n"_L1;
        } else if (unit.isSurrogate() || isUnsafe(unit.unicode())) {
            out += "\\u"_L1 + QString::number(unit.unicode(), 16).rightJustified(4, u'0');
        } else {
            out += unit;
        }
    }
    if (shown.size() < message.size())
        out += u'…';
    return out;
}
} // namespace

LogLevel logLevelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return LogLevel::Debug;
    case QtInfoMsg:
        return LogLevel::Info;
    case QtWarningMsg:
        return LogLevel::Warning;
    case QtCriticalMsg:
    case QtFatalMsg:
        break;
    }
    return LogLevel::Error;
}

LogLevel LogLevels::of(const QString &category) const
{
    const auto named = categories.constFind(category);
    if (named != categories.constEnd())
        return *named;
    const bool qts = category == "qt"_L1 || category.startsWith("qt."_L1);
    return qts ? std::max(everything, LogLevel::Warning) : everything;
}

const QStringList &logCategoryNames()
{
    static const QStringList names{u"runtime"_s, u"config"_s, u"gateway"_s, u"database"_s,
                                   u"bus"_s,     u"auth"_s,   u"messages"_s};
    return names;
}

Result<LogLevels> parseLogLevels(const QString &text)
{
    LogLevels levels;
    const QStringList parts = text.split(u',');
    for (const QString &part : parts) {
        const QString trimmed = part.trimmed();
        const qsizetype equals = trimmed.indexOf(u'=');
        const QString category = equals < 0 ? QString() : trimmed.left(equals).trimmed();
        const std::optional<LogLevel> level = levelNamed(QStringView(trimmed).mid(equals + 1).trimmed());
        if (!level)
            return Error::invalid(u"log.level"_s,
                                  u"\"%1\" is no level; levels are debug, info, warning, error"_s.arg(trimmed));
        if (equals < 0) {
            levels.everything = *level;
        } else if (logCategoryNames().contains(category) || category.startsWith("qt."_L1)) {
            levels.categories.insert(category, *level);
        } else {
            return Error::invalid(u"log.level"_s, u"\"%1\" is no log category; categories are %2"_s.arg(
                                                      category, logCategoryNames().join(u", "_s)));
        }
    }
    return levels;
}

QByteArray formatLogLine(LogFormat format, qint64 utcMs, QtMsgType type, const QString &category,
                         const QString &message)
{
    const QString time = QDateTime::fromMSecsSinceEpoch(utcMs, Qt::UTC).toString(Qt::ISODateWithMs);
    const QLatin1StringView level = kLevelNames[static_cast<std::size_t>(logLevelOf(type))];
    QString line;
    if (format == LogFormat::Json) {
        line = "{\"time\":\""_L1 + time + "\",\"level\":\""_L1 + level + "\",\"category\":\""_L1 +
               escaped(category, true) + "\",\"message\":\""_L1 + escaped(message, true) + "\"}\n"_L1;
    } else {
        line = time + u' ' + level + u' ' + escaped(category, false) + ": "_L1 + escaped(message, false) + u'\n';
    }
    return line.toUtf8();
}

} // namespace confab::server
