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

/// What listTime() and dayLabel() say, with the locale as a parameter.
QString listTimeIn(const QLocale &locale, const QDateTime &time, const QDate &today);
QString dayLabelIn(const QLocale &locale, const QDateTime &time, const QDate &today);

} // namespace confab::app
