// SPDX-License-Identifier: MIT
#include "qml/text/Dates.h"

#include <QtCore/QTimerEvent>

namespace confab::app {

using namespace Qt::StringLiterals;

namespace {

constexpr int kCheckMs = 20'000;

/// The locale's long date without its weekday and year where they would say nothing new.
QString dayAndMonth(const QLocale &locale, const QDate &date)
{
    const QString format = locale.dateFormat(QLocale::LongFormat);
    const qsizetype day = format.indexOf(u'd');
    const qsizetype month = format.indexOf(u'M');
    // Whether the day stands before the month is the locale's; the rest of its format may hold commas and words.
    const QString plainDay = QString::number(date.day());
    const QString name = locale.monthName(date.month(), QLocale::LongFormat);
    if (locale.language() == QLocale::Chinese || locale.language() == QLocale::Japanese)
        return locale.toString(date, u"M月d日"_s);
    const qsizetype dayOfMonth = format.indexOf(u'd', format.startsWith("dddd"_L1) ? 4 : day);
    return dayOfMonth >= 0 && dayOfMonth < month ? plainDay + u' ' + name : name + u' ' + plainDay;
}

/// The locale's short time without seconds, which some locales have in it.
QString shortTime(const QLocale &locale, const QTime &time)
{
    QString format = locale.timeFormat(QLocale::ShortFormat);
    for (const QString &seconds : {u":ss"_s, u".ss"_s, u":s"_s})
        format.remove(seconds);
    return locale.toString(time, format);
}

} // namespace

Dates::Dates(QObject *parent) : QObject(parent), m_today(QDate::currentDate())
{
    m_timer.start(kCheckMs, Qt::VeryCoarseTimer, this);
}

void Dates::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId())
        return;
    const QDate today = QDate::currentDate();
    if (today == m_today)
        return;
    m_today = today;
    Q_EMIT todayChanged();
}

QString listTimeIn(const QLocale &locale, const QDateTime &time, const QDate &today)
{
    if (!time.isValid())
        return {};
    const QDateTime local = time.toLocalTime();
    const qint64 days = local.date().daysTo(today);
    if (days <= 0)
        return shortTime(locale, local.time());
    if (days == 1)
        return Dates::tr("Yesterday");
    if (days < 7)
        return locale.dayName(local.date().dayOfWeek(), QLocale::ShortFormat);
    return locale.toString(local.date(), QLocale::ShortFormat);
}

QString dayLabelIn(const QLocale &locale, const QDateTime &time, const QDate &today)
{
    if (!time.isValid())
        return {};
    const QDate date = time.toLocalTime().date();
    const qint64 days = date.daysTo(today);
    if (days == 0)
        return Dates::tr("Today");
    if (days == 1)
        return Dates::tr("Yesterday");
    if (date.year() != today.year())
        return locale.toString(date, QLocale::LongFormat);
    return locale.dayName(date.dayOfWeek(), QLocale::LongFormat) + u", "_s + dayAndMonth(locale, date);
}

QString Dates::timeOfDay(const QDateTime &time)
{
    return time.isValid() ? shortTime(QLocale::system(), time.toLocalTime().time()) : QString();
}

QString Dates::listTime(const QDateTime &time, const QDateTime &today)
{
    return listTimeIn(QLocale::system(), time, today.date());
}

QString Dates::dayLabel(const QDateTime &time, const QDateTime &today)
{
    return dayLabelIn(QLocale::system(), time, today.date());
}

QString Dates::full(const QDateTime &time)
{
    return time.isValid() ? QLocale::system().toString(time.toLocalTime(), QLocale::LongFormat) : QString();
}

} // namespace confab::app
