// SPDX-License-Identifier: MIT
#pragma once

#include <QtGui/QColor>
#include <QtQuick/QQuickImageProvider>

namespace confab::app {

/// Draws round avatars: image://avatar/<seed>/<letters>, both percent-encoded.
///
/// The seed (an id) chooses the colour, so a renamed person keeps theirs. Rounding happens here because clips stay
/// square under software rendering; a photo is rounded by rounded().
class AvatarProvider final : public QQuickImageProvider
{
public:
    AvatarProvider() : QQuickImageProvider(QQuickImageProvider::Image) { }

    QImage requestImage(const QString &id, QSize *size, const QSize &requestedSize) override;

    /// Returns \a photo filling a circle of \a pixels, its middle kept.
    static QImage rounded(const QImage &photo, int pixels);

    /// The colours of one avatar, top and bottom; white letters on them reach a contrast of 4.5.
    static std::pair<QColor, QColor> colors(const QString &seed);
};

} // namespace confab::app
