// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QObject>
#include <QtCore/QRect>
#include <QtCore/QSettings>

namespace confab::app {

/// What the app remembers of itself in a profile: appearance, window, and the conversation that was open.
class AppSettings : public QObject
{
    Q_OBJECT
    Q_PROPERTY(int appearance READ appearance WRITE setAppearance NOTIFY appearanceChanged)
    Q_PROPERTY(QString lastConversation READ lastConversation WRITE setLastConversation NOTIFY lastConversationChanged)

public:
    explicit AppSettings(const QString &profile, QObject *parent = nullptr);

    /// A ColorScheme::Mode; anything unknown in the file counts as the system's.
    int appearance() const;
    void setAppearance(int mode);
    QString lastConversation() const;
    void setLastConversation(const QString &conversationId);

    /// Where the window was, moved and shrunk so that it lies on one of \a screens; null the first time.
    QRect windowRect(const QList<QRect> &screens) const;
    bool isMaximized() const;
    void saveWindow(const QRect &rect, bool maximized);

Q_SIGNALS:
    void appearanceChanged();
    void lastConversationChanged();

private:
    QSettings m_settings;
};

} // namespace confab::app
