// SPDX-License-Identifier: MIT
#include "qml/theme/Fonts.h"

#include <QtGui/QGuiApplication>

namespace confab::app {

QFont Fonts::of(int pixelSize, int weight)
{
    QFont font = QGuiApplication::font();
    font.setPixelSize(pixelSize);
    font.setWeight(QFont::Weight(weight));
    return font;
}

} // namespace confab::app
