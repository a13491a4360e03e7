// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QLockFile>
#include <QtCore/QObject>
#include <QtNetwork/QLocalServer>

namespace confab::app {

/// Sees to it that one process uses a profile: the first claims it, later ones ask it to come to the front.
class SingleInstance : public QObject
{
    Q_OBJECT

public:
    /// \a profile is the profile's folder, which exists.
    explicit SingleInstance(const QString &profile, QObject *parent = nullptr);

    /// Claims the profile. False where another process has it; that one was asked to raise its window.
    bool claim();

Q_SIGNALS:
    /// Another start of the app on this profile wants the window to be seen.
    void raiseRequested();

private:
    bool askOther() const;
    void onConnection();

    QString m_name;
    QLockFile m_lock;
    QLocalServer m_server;
};

} // namespace confab::app
