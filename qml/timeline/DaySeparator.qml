// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Controls
import Confab.App.Theme

/// The day that the messages below it are of.
Item {
    id: separator

    property string text

    implicitHeight: 44

    Rectangle {
        anchors.centerIn: parent
        width: label.implicitWidth + 2 * Theme.space3
        height: 24
        radius: 12
        color: Theme.bubble

        AppText {
            id: label

            anchors.centerIn: parent
            text: separator.text
            font.pixelSize: Theme.caption
            font.weight: Font.Medium
            color: Theme.textSecondary
        }
    }
}
