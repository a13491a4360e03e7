// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Presence
import Confab.App.Text
import Confab.App.Theme

/// One person: picture, name, handle, whether they are there, what they say of themselves, and whether they are chosen.
ListRow {
    id: row

    required property var session
    required property string userId
    required property string displayName
    required property string handle
    property string note
    property bool chosen: false
    property bool choosing: false
    /// How they are present is of interest.
    property bool watched: true

    readonly property string line: handle.length > 0 ? "@" + handle : note
    default property alias trailing: slot.data

    implicitHeight: Theme.touch ? 60 : 52
    text: displayName
    Accessible.description: (watch.word.length > 0 ? watch.word + ". " : "") + line
                            + (watch.statusText.length > 0 ? ". " + watch.statusText : "")

    PersonWatch {
        id: watch

        session: row.session
        userId: row.watched ? row.userId : ""
    }

    contentItem: RowLayout {
        spacing: Theme.space3

        Avatar {
            size: Theme.touch ? 40 : 36
            seed: row.userId
            name: row.displayName
            presence: watch.state
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
                objectName: "personLine"
                text: watch.statusText.length === 0 ? row.line
                      : row.line.length === 0 ? DisplayText.name(watch.statusText)
                      : qsTr("%1 · %2").arg(row.line).arg(DisplayText.name(watch.statusText))
                visible: text.length > 0
                maximumLineCount: 1
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
