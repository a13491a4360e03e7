// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Theme

/// Says that something is under way.
Item {
    id: spinner

    property bool running: true
    property color color: Theme.textSecondary
    property int size: 20

    implicitWidth: size
    implicitHeight: size
    visible: running
    Accessible.role: Accessible.Animation
    Accessible.name: qsTr("Working")

    Icon {
        id: arc

        name: "spinner"
        color: spinner.color
        size: spinner.size
        smooth: true

        RotationAnimation on rotation {
            from: 0
            to: 360
            duration: 900
            loops: Animation.Infinite
            running: spinner.running && spinner.visible
        }
    }
}
