// SPDX-License-Identifier: MIT
#include "apps/confabctl/Output.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>
#include <cstdio>

namespace confab::ctl {
using namespace Qt::StringLiterals;

namespace {
void write(FILE *stream, const QString &text)
{
    const QByteArray bytes = text.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stream);
    std::fflush(stream);
}

Exit exitOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::NotFound:
    case ErrorCode::Conflict:
    case ErrorCode::TooLarge:
        return Exit::Refused;
    case ErrorCode::Unauthenticated:
    case ErrorCode::PermissionDenied:
        return Exit::NoPermission;
    case ErrorCode::RateLimited:
    case ErrorCode::Unavailable:
        return Exit::Away;
    case ErrorCode::Internal:
    case ErrorCode::Unknown:
        break;
    }
    return Exit::Fault;
}
} // namespace

void Output::print(const QString &text)
{
    write(stdout, text);
}

Exit Output::fail(const Error &error) const
{
    const QString field = error.field.isEmpty() ? QString() : error.field + u": "_s;
    return fail(exitOf(error.code), field + error.message);
}

Exit Output::fail(Exit code, const QString &message) const
{
    if (m_json) {
        const QJsonObject json{{u"error"_s, message}, {u"exitCode"_s, static_cast<int>(code)}};
        write(stderr, QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact)));
    } else {
        write(stderr, u"confabctl: "_s + message);
    }
    return code;
}

QString table(const QStringList &headings, const QList<QStringList> &rows)
{
    QList<qsizetype> widths;
    for (qsizetype column = 0; column < headings.size(); ++column) {
        qsizetype width = headings.at(column).size();
        for (const QStringList &row : rows)
            width = std::max(width, row.at(column).size());
        widths += width;
    }
    QStringList lines;
    for (const QStringList &row : QList<QStringList>{headings} + rows) {
        QString line;
        for (qsizetype column = 0; column < row.size(); ++column)
            line += row.at(column).leftJustified(widths.at(column) + 2);
        while (line.endsWith(u' '))
            line.chop(1);
        lines += line;
    }
    return lines.join(u'\n');
}

QString timeText(qint64 utcMs)
{
    if (utcMs == 0)
        return u"-"_s;
    return QDateTime::fromMSecsSinceEpoch(utcMs, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss'Z'"_s);
}

} // namespace confab::ctl
