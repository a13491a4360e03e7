// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Theme

/// A titled group of settings.
ColumnLayout {
    id: card

    property string title
    default property alias content: body.data

    spacing: Theme.space2

    SectionLabel {
        text: card.title
        leftPadding: 0
        Layout.fillWidth: true
    }
    Rectangle {
        radius: Theme.radiusLarge
        color: Theme.dark ? Theme.sidebar : Theme.raised
        border.width: 1
        border.color: Theme.border
        implicitHeight: body.implicitHeight + 2 * Theme.space4
        Layout.fillWidth: true

        ColumnLayout {
            id: body

            anchors.fill: parent
            anchors.margins: Theme.space4
            spacing: Theme.space3
        }
    }
}
