// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// A row of a list that can be chosen: hover, press, selection and the keyboard's ring, content up to the caller.
T.ItemDelegate {
    id: row

    property bool selected: false

    implicitHeight: Math.max(Theme.touch ? 56 : 48, implicitContentHeight + topPadding + bottomPadding)
    leftPadding: Theme.space3
    rightPadding: Theme.space3
    topPadding: Theme.space2
    bottomPadding: Theme.space2
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.ListItem
    Accessible.name: text
    Accessible.selected: selected
    Keys.onReturnPressed: row.clicked()
    Keys.onEnterPressed: row.clicked()

    background: Rectangle {
        radius: Theme.radius
        color: row.selected ? Theme.selected : row.down ? Theme.pressed : row.hovered ? Theme.hover : "transparent"

        FocusRing {
            control: row
            gap: 0
        }
    }
}
