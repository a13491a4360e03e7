// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Theme

/// Whether somebody is there, told by shape and colour: a filled dot for online, a ring for away, nothing otherwise.
Rectangle {
    id: mark

    /// "online", "away", or anything else for no mark.
    property string presence
    /// What it stands on, which parts it from the picture.
    property color surface: Theme.canvas
    property int size: 12

    readonly property bool shown: presence === "online" || presence === "away"

    width: size + 4
    height: size + 4
    radius: width / 2
    color: surface
    visible: shown
    antialiasing: true

    Rectangle {
        anchors.centerIn: parent
        width: mark.size
        height: mark.size
        radius: width / 2
        color: mark.presence === "online" ? Theme.online : "transparent"
        border.width: mark.presence === "online" ? 0 : Math.max(2, Math.round(mark.size * 0.2))
        border.color: Theme.away
        antialiasing: true
    }
}
