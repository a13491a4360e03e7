// SPDX-License-Identifier: MIT
#pragma once

#include <QtQuick/QQuickImageProvider>

namespace confab::app {

/// Draws the app's line icons in any colour and size: image://icon/<name>/<colour as rrggbb or aarrggbb>.
class IconProvider final : public QQuickImageProvider
{
public:
    IconProvider() : QQuickImageProvider(QQuickImageProvider::Image) { }

    QImage requestImage(const QString &id, QSize *size, const QSize &requestedSize) override;
};

} // namespace confab::app
