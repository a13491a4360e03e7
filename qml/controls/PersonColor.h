// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QObject>
#include <QtGui/QColor>
#include <QtQml/qqmlregistration.h>

namespace confab::app {

/// The colour a person's name is written in: that of their avatar, legible on the app's surfaces.
class PersonColor : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON

public:
    using QObject::QObject;

    Q_INVOKABLE static QColor ink(const QString &seed, bool onDark);
};

} // namespace confab::app
