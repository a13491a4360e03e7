// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Confab.App.Theme

/// Something that is on or off, with words of its own and a note below them.
T.Switch {
    id: control

    property string note

    implicitWidth: implicitContentWidth
    implicitHeight: Math.max(Theme.controlHeight, implicitContentHeight)
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.name: text
    Accessible.description: note
    Keys.onReturnPressed: {
        control.toggle();
        control.toggled();
    }

    contentItem: RowLayout {
        spacing: Theme.space4

        ColumnLayout {
            spacing: 1
            Layout.fillWidth: true

            AppText {
                text: control.text
                horizontalAlignment: Text.AlignLeft
                wrapMode: Text.Wrap
                Layout.fillWidth: true
                Accessible.ignored: true
            }
            AppText {
                text: control.note
                visible: text.length > 0
                font.pixelSize: Theme.small
                color: Theme.textSecondary
                horizontalAlignment: Text.AlignLeft
                wrapMode: Text.Wrap
                Layout.fillWidth: true
                Accessible.ignored: true
            }
        }
        Rectangle {
            id: track

            implicitWidth: 40
            implicitHeight: 24
            radius: 12
            color: control.checked ? Theme.accent : Theme.field
            border.width: control.checked ? 0 : 2
            border.color: Theme.textTertiary
            opacity: control.enabled ? 1 : 0.6

            Behavior on color { ColorAnimation { duration: Theme.fast } }

            FocusRing {
                control: control
                radius: 14
            }
            Rectangle {
                readonly property bool atEnd: control.checked !== control.LayoutMirroring.enabled

                width: 16
                height: 16
                radius: 8
                y: 4
                x: atEnd ? parent.width - width - 4 : 4
                color: control.checked ? Theme.accentInk : Theme.textTertiary

                Behavior on x { NumberAnimation { duration: Theme.fast } }
            }
        }
    }
}
