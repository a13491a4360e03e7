// SPDX-License-Identifier: MIT
#include "qml/controls/PersonColor.h"

#include "qml/controls/AvatarProvider.h"

namespace confab::app {

QColor PersonColor::ink(const QString &seed, bool onDark)
{
    const auto [top, bottom] = AvatarProvider::colors(seed);
    if (!onDark)
        return bottom.darker(112);
    return QColor::fromHslF(top.hslHueF(), std::min(0.75F, top.hslSaturationF() + 0.15F), 0.74F);
}

} // namespace confab::app
