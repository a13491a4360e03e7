// SPDX-License-Identifier: MIT
#include "apps/confab/AppSettings.h"

namespace confab::app {

using namespace Qt::StringLiterals;

namespace {

const QString kAppearance = u"appearance"_s;
const QString kLastConversation = u"lastConversation"_s;
const QString kWindow = u"window/rect"_s;
const QString kMaximized = u"window/maximized"_s;
constexpr QSize kSmallest(320, 400);

qint64 overlap(const QRect &a, const QRect &b)
{
    const QRect common = a.intersected(b);
    return qint64(common.width()) * common.height();
}

} // namespace

AppSettings::AppSettings(const QString &profile, QObject *parent)
    : QObject(parent), m_settings(profile + u"/app.ini"_s, QSettings::IniFormat)
{
}

int AppSettings::appearance() const
{
    const int mode = m_settings.value(kAppearance, 0).toInt();
    return mode >= 0 && mode <= 2 ? mode : 0;
}

void AppSettings::setAppearance(int mode)
{
    if (mode == appearance())
        return;
    m_settings.setValue(kAppearance, mode);
    Q_EMIT appearanceChanged();
}

QString AppSettings::lastConversation() const
{
    return m_settings.value(kLastConversation).toString();
}

void AppSettings::setLastConversation(const QString &conversationId)
{
    if (conversationId == lastConversation())
        return;
    m_settings.setValue(kLastConversation, conversationId);
    Q_EMIT lastConversationChanged();
}

QRect AppSettings::windowRect(const QList<QRect> &screens) const
{
    QRect rect = m_settings.value(kWindow).toRect();
    if (rect.isEmpty() || screens.isEmpty())
        return {};
    QRect screen = screens.constFirst();
    for (const QRect &candidate : screens) {
        if (overlap(candidate, rect) > overlap(screen, rect))
            screen = candidate;
    }
    rect.setSize(rect.size().expandedTo(kSmallest).boundedTo(screen.size()));
    rect.moveLeft(qBound(screen.left(), rect.left(), screen.right() - rect.width() + 1));
    rect.moveTop(qBound(screen.top(), rect.top(), screen.bottom() - rect.height() + 1));
    return rect;
}

bool AppSettings::isMaximized() const
{
    return m_settings.value(kMaximized, false).toBool();
}

void AppSettings::saveWindow(const QRect &rect, bool maximized)
{
    // A maximised window keeps the place it had before.
    if (!maximized)
        m_settings.setValue(kWindow, rect);
    m_settings.setValue(kMaximized, maximized);
}

} // namespace confab::app
