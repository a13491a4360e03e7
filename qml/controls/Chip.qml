// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// A chosen person; pressing it takes them out again.
T.Button {
    id: chip

    property string seed
    property string name

    implicitHeight: Theme.touch ? 44 : 32
    implicitWidth: Math.min(220, 28 + label.implicitWidth + 34)
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.name: qsTr("Remove %1").arg(name)
    Keys.onReturnPressed: chip.clicked()

    background: Rectangle {
        radius: height / 2
        color: chip.down ? Theme.pressed : chip.hovered ? Theme.selected : Theme.accentSoft

        FocusRing {
            control: chip
            radius: height / 2
        }
    }
    contentItem: Item {
        Avatar {
            id: avatar

            anchors.left: parent.left
            anchors.leftMargin: 4
            anchors.verticalCenter: parent.verticalCenter
            size: 24
            seed: chip.seed
            name: chip.name
        }
        NameText {
            id: label

            anchors.left: avatar.right
            anchors.right: cross.left
            anchors.leftMargin: 6
            anchors.rightMargin: 4
            anchors.verticalCenter: parent.verticalCenter
            source: chip.name
            font.pixelSize: Theme.small
            font.weight: Font.Medium
            horizontalAlignment: Text.AlignLeft
        }
        Icon {
            id: cross

            anchors.right: parent.right
            anchors.rightMargin: 8
            anchors.verticalCenter: parent.verticalCenter
            name: "close"
            size: 14
        }
    }
}
