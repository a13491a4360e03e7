// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Theme

/// Three dots that swell one after another while somebody types; at rest for those who want stillness.
Row {
    id: dots

    property color color: Theme.textSecondary
    property int size: 5
    property real phase

    spacing: 3
    Accessible.ignored: true

    NumberAnimation on phase {
        from: 0
        to: 1
        duration: 1200
        loops: Animation.Infinite
        running: dots.visible && !Theme.still
    }
    Repeater {
        model: 3

        Rectangle {
            required property int index

            readonly property real turn: (dots.phase - index * 0.18 + 1) % 1

            width: dots.size
            height: dots.size
            radius: dots.size / 2
            color: dots.color
            opacity: Theme.still ? 0.7 : 0.35 + 0.65 * Math.max(0, Math.sin(turn * Math.PI * 2))
        }
    }
}
