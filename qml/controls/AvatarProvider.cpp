// SPDX-License-Identifier: MIT
#include "qml/controls/AvatarProvider.h"

#include <QtCore/QUrl>
#include <QtGui/QFontMetricsF>
#include <QtGui/QGuiApplication>
#include <QtGui/QImage>
#include <QtGui/QLinearGradient>
#include <QtGui/QPainter>

#include <array>

namespace confab::app {

namespace {

constexpr std::array<std::pair<QRgb, QRgb>, 10> kColors{{
    {0xff5b6ee1, 0xff4353c0},
    {0xff7a5ad6, 0xff6342b8},
    {0xffa04fc2, 0xff8539a6},
    {0xffc2477f, 0xffa83268},
    {0xffc74d4d, 0xffab3535},
    {0xffb0602a, 0xff934c1c},
    {0xff8a6d1f, 0xff705714},
    {0xff3f8043, 0xff2f6a35},
    {0xff1f7f78, 0xff126861},
    {0xff2b78a8, 0xff1d618d},
}};

/// FNV-1a: the same colour on every device and in every release.
quint32 stableHash(const QString &text)
{
    quint32 hash = 2166136261u;
    const QByteArray bytes = text.toUtf8();
    for (const char byte : bytes)
        hash = (hash ^ quint8(byte)) * 16777619u;
    return hash;
}

} // namespace

std::pair<QColor, QColor> AvatarProvider::colors(const QString &seed)
{
    const auto &[top, bottom] = kColors[stableHash(seed) % kColors.size()];
    return {QColor::fromRgb(top), QColor::fromRgb(bottom)};
}

QImage AvatarProvider::rounded(const QImage &photo, int pixels)
{
    QImage circle(pixels, pixels, QImage::Format_ARGB32_Premultiplied);
    circle.fill(Qt::transparent);
    const QImage scaled = photo.scaled(pixels, pixels, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    QBrush brush(scaled);
    brush.setTransform(QTransform::fromTranslate((pixels - scaled.width()) / 2.0, (pixels - scaled.height()) / 2.0));
    QPainter painter(&circle);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(brush);
    painter.drawEllipse(QRectF(0, 0, pixels, pixels));
    return circle;
}

QImage AvatarProvider::requestImage(const QString &id, QSize *size, const QSize &requestedSize)
{
    const QString seed = QUrl::fromPercentEncoding(id.section(u'/', 0, 0).toUtf8());
    const QString letters = QUrl::fromPercentEncoding(id.section(u'/', 1).toUtf8());
    const int pixels = requestedSize.width() > 0 ? requestedSize.width() : 80;
    *size = {pixels, pixels};

    QImage image(pixels, pixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    const auto [top, bottom] = colors(seed);
    QLinearGradient gradient(0, 0, 0, pixels);
    gradient.setColorAt(0, top);
    gradient.setColorAt(1, bottom);
    painter.setPen(Qt::NoPen);
    painter.setBrush(gradient);
    painter.drawEllipse(QRectF(0, 0, pixels, pixels));

    QFont font = QGuiApplication::font();
    font.setPixelSize(std::max(6, int(pixels * 0.38)));
    font.setWeight(QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const qreal width = metrics.horizontalAdvance(letters);
    if (width > pixels * 0.78)
        font.setPixelSize(std::max(6, int(font.pixelSize() * pixels * 0.78 / width)));
    painter.setFont(font);
    painter.setPen(Qt::white);
    painter.drawText(QRectF(0, 0, pixels, pixels), Qt::AlignCenter, letters);
    return image;
}

} // namespace confab::app
