// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Confab.App.Theme

/// A choice of a few, side by side. Arrow keys move it.
FocusScope {
    id: control

    /// What to choose from: objects with `text` and `icon`.
    property var options: []
    property int currentIndex: 0
    property string label

    signal chosen(int index)

    implicitHeight: Theme.controlHeight + 6
    implicitWidth: row.implicitWidth + 6
    Accessible.role: Accessible.Grouping
    Accessible.name: label

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius + 2
        color: Theme.dark ? Theme.field : Theme.bubble
    }
    RowLayout {
        id: row

        anchors.fill: parent
        anchors.margins: 3
        spacing: 2

        Repeater {
            model: control.options

            T.RadioButton {
                id: option

                required property int index
                required property var modelData

                Layout.fillWidth: true
                Layout.fillHeight: true
                implicitWidth: content.implicitWidth + 2 * Theme.space3
                checked: control.currentIndex === option.index
                autoExclusive: true
                hoverEnabled: true
                text: String(modelData["text"])
                Accessible.name: text
                onClicked: control.chosen(index)
                Keys.onLeftPressed: control.chosen(Math.max(0, index - 1))
                Keys.onRightPressed: control.chosen(Math.min(control.options.length - 1, index + 1))

                background: Rectangle {
                    radius: Theme.radius - 1
                    color: option.checked ? Theme.raised : option.hovered ? Theme.hover : "transparent"
                    border.width: option.checked ? 1 : 0
                    border.color: Theme.border

                    FocusRing { control: option }
                }
                contentItem: Item {
                    Row {
                        id: content

                        anchors.centerIn: parent
                        spacing: 6

                        Icon {
                            anchors.verticalCenter: parent.verticalCenter
                            name: String(option.modelData["icon"] ?? "")
                            size: 16
                            color: option.checked ? Theme.text : Theme.textSecondary
                            visible: name.length > 0
                        }
                        AppText {
                            anchors.verticalCenter: parent.verticalCenter
                            text: option.text
                            font.pixelSize: Theme.small
                            font.weight: Font.Medium
                            color: option.checked ? Theme.text : Theme.textSecondary
                        }
                    }
                }
            }
        }
    }
}
