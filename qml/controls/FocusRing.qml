// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// The ring around what the keyboard is on. It never takes space.
Rectangle {
    required property T.Control control
    property bool shown: control.visualFocus
    property int gap: 2

    anchors.fill: parent
    anchors.margins: -gap
    visible: shown
    color: "transparent"
    border.width: 2
    border.color: Theme.accentText
    radius: Theme.radius + gap
    z: 1
}
