// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Text
import Confab.App.Theme

/// Who is typing, on a line of its own whose room is always kept, so that nothing moves when somebody begins.
Item {
    id: line

    property var names: []

    readonly property string text: DisplayText.typing(names)
    readonly property bool shown: text.length > 0

    implicitHeight: 22
    opacity: shown ? 1 : 0
    Accessible.role: Accessible.StaticText
    Accessible.name: text
    Accessible.ignored: !shown
    onTextChanged: {
        // What fades out still says who it was.
        if (text.length > 0)
            label.text = text;
    }

    Behavior on opacity { NumberAnimation { duration: Theme.normal } }

    RowLayout {
        anchors.fill: parent
        spacing: Theme.space2
        visible: line.opacity > 0

        TypingDots { Layout.alignment: Qt.AlignVCenter }
        AppText {
            id: label

            objectName: "typingText"
            font.pixelSize: Theme.caption
            color: Theme.textSecondary
            horizontalAlignment: Text.AlignLeft
            maximumLineCount: 1
            Layout.fillWidth: true
            Accessible.ignored: true
        }
    }
}
