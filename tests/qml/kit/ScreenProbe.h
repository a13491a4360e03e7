// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QObject>
#include <QtQml/qqmlregistration.h>
#include <QtQuick/QQuickItem>

namespace confab::test {

/// Lets QML tests look at what is drawn: saves windows as pictures and measures colours and widths.
class ScreenProbe : public QObject
{
    Q_OBJECT
    QML_ELEMENT

public:
    using QObject::QObject;

    /// Saves \a item's window as ${CONFAB_BINARY_DIR}/screenshots/<name>.png.
    /// Returns how many colours it holds, or -1 where it could not be saved.
    Q_INVOKABLE int save(QQuickItem *item, const QString &name) const;

    /// How many pixels of \a item are strongly coloured (saturation above a quarter).
    Q_INVOKABLE int colouredPixels(QQuickItem *item) const;

    /// The share of \a item's pixels that differ from its most frequent colour.
    Q_INVOKABLE double inkShare(QQuickItem *item) const;

private:
    static QImage grab(QQuickItem *item);
};

} // namespace confab::test
