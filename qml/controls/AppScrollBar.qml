// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// A thin scroll bar that shows while it is of use.
T.ScrollBar {
    id: bar

    implicitWidth: orientation === Qt.Vertical ? 10 : 40
    implicitHeight: orientation === Qt.Vertical ? 40 : 10
    padding: 2
    minimumSize: 0.08
    visible: size < 1.0
    focusPolicy: Qt.NoFocus
    Accessible.ignored: true

    contentItem: Rectangle {
        radius: 3
        color: bar.pressed || bar.hovered ? Theme.textTertiary : Theme.borderStrong
        opacity: bar.active || bar.hovered ? 1 : 0

        Behavior on opacity { NumberAnimation { duration: Theme.slow } }
    }
}
