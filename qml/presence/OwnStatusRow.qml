// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Text
import Confab.App.Theme

/// The person's own name with their status under it; pressing it sets another.
ListRow {
    id: row

    required property var session

    readonly property string statusText: session.ownPresence.statusText ?? ""

    text: session.me.displayName
    Accessible.role: Accessible.Button
    Accessible.description: statusText.length > 0 ? statusText : qsTr("Set a status")
    onClicked: sheet.open()

    contentItem: RowLayout {
        spacing: Theme.space3

        Avatar {
            size: 36
            seed: row.session.me.userId
            name: row.session.me.displayName
        }
        ColumnLayout {
            spacing: 1
            Layout.fillWidth: true

            NameText {
                source: row.session.me.displayName
                font.weight: Font.Medium
                horizontalAlignment: Text.AlignLeft
                Layout.fillWidth: true
            }
            AppText {
                objectName: "ownStatus"
                text: row.statusText.length > 0 ? DisplayText.name(row.statusText) : qsTr("Set a status")
                font.pixelSize: Theme.small
                color: row.statusText.length > 0 ? Theme.textSecondary : Theme.textTertiary
                horizontalAlignment: Text.AlignLeft
                maximumLineCount: 1
                Layout.fillWidth: true
            }
        }
        Icon {
            name: "edit"
            size: 16
            color: Theme.textTertiary
        }
    }

    StatusSheet {
        id: sheet

        objectName: "statusSheet"
        session: row.session
    }
}
