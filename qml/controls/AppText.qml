// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Theme

/// Text of the app's own: never markup.
Text {
    color: Theme.text
    font.pixelSize: Theme.body
    textFormat: Text.PlainText
    elide: Text.ElideRight
    verticalAlignment: Text.AlignVCenter
}
