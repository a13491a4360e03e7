// SPDX-License-Identifier: MIT
#include "tests/qml/kit/ScreenProbe.h"

#include <QtCore/QDir>
#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtGui/QColor>
#include <QtGui/QImage>
#include <QtQuick/QQuickWindow>

namespace confab::test {

using namespace Qt::StringLiterals;

QImage ScreenProbe::grab(QQuickItem *item)
{
    const QImage window = item->window()->grabWindow().convertToFormat(QImage::Format_RGB32);
    const QRectF area = item->mapRectToScene(item->boundingRect());
    return window.copy(area.toAlignedRect().intersected(window.rect()));
}

int ScreenProbe::save(QQuickItem *item, const QString &name) const
{
    const QImage image = item->window()->grabWindow().convertToFormat(QImage::Format_RGB32);
    const QString folder = qEnvironmentVariable("CONFAB_BINARY_DIR", u"."_s) + u"/screenshots"_s;
    if (!QDir().mkpath(folder) || !image.save(folder + u'/' + name + u".png"_s))
        return -1;
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); ++y) {
        const auto *line = reinterpret_cast<const QRgb *>(image.constScanLine(y));
        for (int x = 0; x < image.width(); ++x)
            colours.insert(line[x]);
    }
    return int(colours.size());
}

int ScreenProbe::colouredPixels(QQuickItem *item) const
{
    const QImage image = grab(item);
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor color = image.pixelColor(x, y);
            if (color.saturationF() > 0.25F && color.valueF() > 0.25F)
                ++count;
        }
    }
    return count;
}

double ScreenProbe::inkShare(QQuickItem *item) const
{
    const QImage image = grab(item);
    QHash<QRgb, int> counts;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            ++counts[image.pixel(x, y)];
    }
    int most = 0;
    for (const int count : std::as_const(counts))
        most = std::max(most, count);
    const int all = image.width() * image.height();
    return all == 0 ? 0 : 1.0 - double(most) / all;
}

} // namespace confab::test
