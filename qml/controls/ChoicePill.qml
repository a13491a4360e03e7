// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// One of several choices that flow over lines; the chosen one is filled and has a tick.
T.RadioButton {
    id: pill

    implicitWidth: Math.max(44, implicitContentWidth + leftPadding + rightPadding)
    implicitHeight: Theme.touch ? 40 : 32
    leftPadding: Theme.space3
    rightPadding: Theme.space3
    autoExclusive: true
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.name: text
    Keys.onReturnPressed: pill.clicked()

    background: Rectangle {
        radius: height / 2
        color: pill.checked ? Theme.accentSoft : pill.hovered ? Theme.hover : "transparent"
        border.width: 1
        border.color: pill.checked ? Theme.accentText : Theme.borderStrong

        FocusRing {
            control: pill
            radius: height / 2
        }
    }
    contentItem: Item {
        implicitWidth: content.implicitWidth
        implicitHeight: content.implicitHeight

        Row {
            id: content

            anchors.centerIn: parent
            spacing: Theme.space1

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                visible: pill.checked
                name: "check"
                size: 14
                color: Theme.accentText
            }
            AppText {
                anchors.verticalCenter: parent.verticalCenter
                text: pill.text
                font.pixelSize: Theme.small
                font.weight: Font.Medium
                color: pill.checked ? Theme.accentText : Theme.text
            }
        }
    }
}
