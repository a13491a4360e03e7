// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Text
import Confab.App.Theme

/// A text somebody wrote, shown literally. Markup appears only where DisplayText made it, for emoji.
Text {
    id: item

    property string source
    /// Room left free behind the last word, where a time can be laid over; a line of its own where there is none.
    property real tailWidth: 0

    readonly property string tail: tailWidth > 0
                                   ? "\u200b" + "\u00a0".repeat(Math.ceil(tailWidth / Math.max(1, space.advanceWidth)))
                                   : ""

    color: Theme.text
    font.pixelSize: Theme.body
    text: DisplayText.body(source) + tail
    textFormat: DisplayText.needsRichText(source) ? Text.RichText : Text.PlainText
    wrapMode: Text.Wrap
    lineHeight: Theme.lineHeight
    Accessible.role: Accessible.StaticText
    Accessible.name: source

    TextMetrics {
        id: space

        font: item.font
        text: "\u00a0"
    }
}
