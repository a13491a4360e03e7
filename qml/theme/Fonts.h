// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QObject>
#include <QtGui/QFont>
#include <QtQml/qqmlregistration.h>

namespace confab::app {

/// The application's font in other sizes, with its whole list of families: QML in Qt 6.4 can name only one family,
/// and the controls' templates start from the platform's font instead of the application's.
class Fonts : public QObject
{
    Q_OBJECT
    QML_ELEMENT

public:
    using QObject::QObject;

    Q_INVOKABLE static QFont of(int pixelSize, int weight = QFont::Normal);
};

} // namespace confab::app
