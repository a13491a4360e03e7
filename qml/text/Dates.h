// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QBasicTimer>
#include <QtCore/QDate>
#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtCore/QObject>
#include <QtQml/qqmlregistration.h>

namespace confab::app {

/// Words for dates and times in the person's time zone and format, and what day it is now.
///
/// `today` changes at local midnight and when the zone changes; bindings that pass it on are then evaluated again.
class Dates : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON
    Q_PROPERTY(QDateTime today READ today NOTIFY todayChanged)

public:
    explicit Dates(QObject *parent = nullptr);

    /// Today's first moment.
    QDateTime today() const { return m_today.startOfDay(); }

    /// "14:05" or "2:05 PM", as the system's locale has it.
    Q_INVOKABLE static QString timeOfDay(const QDateTime &time);
    /// For lists: the time today, "Yesterday", the weekday within a week, the date before that.
    Q_INVOKABLE static QString listTime(const QDateTime &time, const QDateTime &today);
    /// For day separators: "Today", "Yesterday", "Monday, 3 March", with the year where it is another.
    Q_INVOKABLE static QString dayLabel(const QDateTime &time, const QDateTime &today);
    /// When somebody was there last: "Last seen 5 minutes ago", "Last seen yesterday at 14:02", "Last seen on 3 May".
    Q_INVOKABLE static QString lastSeen(const QDateTime &time, const QDateTime &now);
    /// When something ends by itself: "Until 15:30", "Until the end of today", "Until the end of Sunday".
    Q_INVOKABLE static QString ending(const QDateTime &time, const QDateTime &now);
    /// The first moment of tomorrow, and of the week after this one, which begins where the system's weeks do.
    Q_INVOKABLE static QDateTime endOfDay(const QDateTime &now);
    Q_INVOKABLE static QDateTime endOfWeek(const QDateTime &now);
    /// The whole date and time, for tool tips and screen readers.
    Q_INVOKABLE static QString full(const QDateTime &time);

Q_SIGNALS:
    void todayChanged();

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    QDate m_today;
    QBasicTimer m_timer;
};

/// What the functions of Dates say, with the locale as a parameter.
QString listTimeIn(const QLocale &locale, const QDateTime &time, const QDate &today);
QString dayLabelIn(const QLocale &locale, const QDateTime &time, const QDate &today);
QString lastSeenIn(const QLocale &locale, const QDateTime &time, const QDateTime &now);
QString endingIn(const QLocale &locale, const QDateTime &time, const QDateTime &now);
QDateTime endOfWeekIn(const QLocale &locale, const QDateTime &now);

} // namespace confab::app
