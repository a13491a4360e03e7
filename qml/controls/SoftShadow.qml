// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Theme

/// A shadow of stacked rectangles, because software rendering has no blur.
Item {
    id: shadow

    property int radius: Theme.radiusLarge
    property int depth: 9

    anchors.fill: parent
    z: -1

    Repeater {
        model: shadow.depth

        Rectangle {
            required property int index

            anchors.fill: parent
            anchors.margins: -index - 1
            anchors.topMargin: -index + 2
            anchors.bottomMargin: -index - 4
            radius: shadow.radius + index + 1
            color: Theme.dark ? "#12000000" : "#0510102c"
        }
    }
}
