// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// One command of a menu. An unavailable one takes no space.
T.MenuItem {
    id: item

    property string iconName
    property bool destructive: false
    property bool offered: true

    readonly property color ink: destructive ? Theme.danger : Theme.text

    visible: offered
    implicitWidth: 196
    implicitHeight: offered ? (Theme.touch ? 44 : 34) : 0
    height: implicitHeight
    leftPadding: Theme.space2
    rightPadding: Theme.space2
    hoverEnabled: true
    Accessible.name: text

    contentItem: Item {
        Icon {
            id: icon

            anchors.left: parent.left
            anchors.verticalCenter: parent.verticalCenter
            name: item.iconName
            size: 18
            color: item.destructive ? Theme.danger : Theme.textSecondary
        }
        AppText {
            anchors.left: icon.right
            anchors.right: parent.right
            anchors.leftMargin: Theme.space2 + 2
            anchors.verticalCenter: parent.verticalCenter
            text: item.text
            color: item.ink
            horizontalAlignment: Text.AlignLeft
        }
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: item.highlighted || item.hovered ? Theme.hover : "transparent"
    }
}
