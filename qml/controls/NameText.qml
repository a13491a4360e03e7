// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Text
import Confab.App.Theme

/// A name somebody chose: one line, with a direction of its own.
Text {
    property string source

    color: Theme.text
    font.pixelSize: Theme.body
    text: DisplayText.name(source)
    textFormat: Text.PlainText
    elide: Text.ElideRight
    maximumLineCount: 1
    verticalAlignment: Text.AlignVCenter
    Accessible.role: Accessible.StaticText
    Accessible.name: source
}
