// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Theme

/// One person: picture, name, handle, and whether they are chosen.
ListRow {
    id: row

    required property string userId
    required property string displayName
    required property string handle
    property string note
    property bool chosen: false
    property bool choosing: false
    default property alias trailing: slot.data

    implicitHeight: Theme.touch ? 60 : 52
    text: displayName
    Accessible.description: handle.length > 0 ? "@" + handle : note

    contentItem: RowLayout {
        spacing: Theme.space3

        Avatar {
            size: Theme.touch ? 40 : 36
            seed: row.userId
            name: row.displayName
        }
        ColumnLayout {
            spacing: 1
            Layout.fillWidth: true

            NameText {
                source: row.displayName
                font.weight: Font.Medium
                horizontalAlignment: Text.AlignLeft
                Layout.fillWidth: true
            }
            AppText {
                text: row.handle.length > 0 ? "@" + row.handle : row.note
                visible: text.length > 0
                font.pixelSize: Theme.small
                color: Theme.textSecondary
                horizontalAlignment: Text.AlignLeft
                Layout.fillWidth: true
            }
        }
        AppText {
            visible: row.handle.length > 0 && row.note.length > 0
            text: row.note
            font.pixelSize: Theme.caption
            color: Theme.textTertiary
        }
        Rectangle {
            visible: row.choosing
            implicitWidth: 22
            implicitHeight: 22
            radius: 11
            color: row.chosen ? Theme.accent : "transparent"
            border.width: row.chosen ? 0 : 2
            border.color: Theme.borderStrong

            Icon {
                anchors.centerIn: parent
                visible: row.chosen
                name: "check"
                size: 16
                color: Theme.accentInk
            }
        }
        RowLayout {
            id: slot

            visible: children.length > 0
            spacing: 0
        }
    }
}
