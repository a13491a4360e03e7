// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Theme

/// The small heading above a group of rows.
AppText {
    font.pixelSize: Theme.caption
    font.weight: Font.DemiBold
    color: Theme.textTertiary
    horizontalAlignment: Text.AlignLeft
    leftPadding: Theme.space3
    rightPadding: Theme.space3
    topPadding: Theme.space4
    bottomPadding: Theme.space1
    Accessible.role: Accessible.Heading
    Accessible.name: text
}
