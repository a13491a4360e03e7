// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Confab.App.Theme

/// Looks like a search field and opens the real one, with its shortcut at the end.
T.Button {
    id: button

    property string hint

    implicitHeight: Theme.touch ? 44 : 36
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.name: text
    Keys.onReturnPressed: button.clicked()

    background: Rectangle {
        radius: Theme.radius
        color: button.down ? Theme.pressed : Theme.dark ? Theme.field : "#eeeef3"
        border.width: button.hovered ? 1 : 0
        border.color: Theme.borderStrong

        FocusRing { control: button }
    }
    contentItem: RowLayout {
        spacing: Theme.space2

        Icon {
            name: "search"
            size: 18
            color: Theme.textTertiary
            Layout.leftMargin: Theme.space3 - 2
        }
        AppText {
            text: button.text
            color: Theme.textTertiary
            horizontalAlignment: Text.AlignLeft
            font.pixelSize: Theme.touch ? 16 : 14
            Layout.fillWidth: true
        }
        AppText {
            text: button.hint
            visible: !Theme.touch
            color: Theme.textTertiary
            font.pixelSize: Theme.caption
            Layout.rightMargin: Theme.space3
        }
    }
}
