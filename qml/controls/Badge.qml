// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Theme

/// A count, "99+" beyond ninety-nine, or a dot where there is none to give.
Rectangle {
    id: badge

    property int count: 0
    property bool dot: false
    property color ink: Theme.accentInk

    implicitHeight: dot && count === 0 ? 10 : 20
    implicitWidth: dot && count === 0 ? 10 : Math.max(20, label.implicitWidth + 12)
    radius: height / 2
    color: Theme.accent
    visible: count > 0 || dot
    Accessible.role: Accessible.StaticText
    Accessible.name: count > 0 ? qsTr("%n unread", "", count) : qsTr("Marked unread")

    AppText {
        id: label

        anchors.centerIn: parent
        visible: badge.count > 0
        text: badge.count > 99 ? qsTr("99+") : badge.count
        color: badge.ink
        font.pixelSize: Theme.caption
        font.weight: Font.DemiBold
        elide: Text.ElideNone
    }
}
