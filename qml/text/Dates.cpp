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

QString lastSeenIn(const QLocale &locale, const QDateTime &time, const QDateTime &now)
{
    if (!time.isValid())
        return {};
    const QDateTime local = time.toLocalTime();
    const QDate today = now.toLocalTime().date();
    const qint64 minutes = local.secsTo(now) / 60;
    const qint64 days = local.date().daysTo(today);
    if (minutes < 1) // or a clock that is ahead of this one
        return Dates::tr("Last seen just now");
    if (minutes < 60)
        return Dates::tr("Last seen %n minute(s) ago", nullptr, static_cast<int>(minutes));
    if (days <= 0)
        return Dates::tr("Last seen today at %1").arg(shortTime(locale, local.time()));
    if (days == 1)
        return Dates::tr("Last seen yesterday at %1").arg(shortTime(locale, local.time()));
    if (local.date().year() == today.year())
        return Dates::tr("Last seen on %1").arg(dayAndMonth(locale, local.date()));
    return Dates::tr("Last seen on %1").arg(locale.toString(local.date(), QLocale::ShortFormat));
}

QString endingIn(const QLocale &locale, const QDateTime &time, const QDateTime &now)
{
    if (!time.isValid())
        return {};
    const QDateTime local = time.toLocalTime();
    const QDate today = now.toLocalTime().date();
    // Midnight is the end of the day before, as people say it.
    const bool wholeDays = local == local.date().startOfDay();
    const QDate lastDay = wholeDays ? local.date().addDays(-1) : local.date();
    const qint64 days = today.daysTo(lastDay);
    const QString day = days < 7 ? locale.dayName(lastDay.dayOfWeek(), QLocale::LongFormat)
                                 : locale.toString(lastDay, QLocale::ShortFormat);
    if (wholeDays)
        return days <= 0 ? Dates::tr("Until the end of today") : Dates::tr("Until the end of %1").arg(day);
    const QString clock = shortTime(locale, local.time());
    if (days <= 0)
        return Dates::tr("Until %1").arg(clock);
    return days == 1 ? Dates::tr("Until tomorrow at %1").arg(clock) : Dates::tr("Until %1 at %2").arg(day, clock);
}

QDateTime endOfWeekIn(const QLocale &locale, const QDateTime &now)
{
    const QDate today = now.toLocalTime().date();
    const int passed = (today.dayOfWeek() - locale.firstDayOfWeek() + 7) % 7;
    return today.addDays(7 - passed).startOfDay();
}

QString Dates::lastSeen(const QDateTime &time, const QDateTime &now)
{
    return lastSeenIn(QLocale::system(), time, now);
}

QString Dates::ending(const QDateTime &time, const QDateTime &now)
{
    return endingIn(QLocale::system(), time, now);
}

QDateTime Dates::endOfDay(const QDateTime &now)
{
    return now.toLocalTime().date().addDays(1).startOfDay();
}

QDateTime Dates::endOfWeek(const QDateTime &now)
{
    return endOfWeekIn(QLocale::system(), now);
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
