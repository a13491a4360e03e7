// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// A menu of commands. It stays inside the window.
T.Menu {
    id: menu

    implicitWidth: 208
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: 6
    margins: Theme.space2
    overlap: 1
    focus: true

    enter: Transition {
        NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.fast }
    }
    exit: Transition {
        NumberAnimation { property: "opacity"; from: 1; to: 0; duration: Theme.fast }
    }

    contentItem: ListView {
        implicitHeight: contentHeight
        model: menu.contentModel
        interactive: false
        currentIndex: menu.currentIndex
    }
    background: Rectangle {
        radius: Theme.radius + 2
        color: Theme.raised
        border.width: 1
        border.color: Theme.border

        SoftShadow { radius: Theme.radius + 2 }
    }
}
