// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// The small label that explains an icon.
T.ToolTip {
    id: tip

    x: parent ? Math.round((parent.width - implicitWidth) / 2) : 0
    y: parent ? parent.height + 6 : 0
    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: 6
    leftPadding: Theme.space2
    rightPadding: Theme.space2
    margins: Theme.space2
    delay: 500
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent | T.Popup.CloseOnReleaseOutsideParent

    contentItem: AppText {
        text: tip.text
        font.pixelSize: Theme.caption
        color: Theme.dark ? Theme.text : "#ffffff"
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: Theme.dark ? "#34343d" : "#26262f"
    }
}
