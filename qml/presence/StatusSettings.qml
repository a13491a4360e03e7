// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Text
import Confab.App.Theme

/// The own status with the way to another, and who learns when the person was last online.
ColumnLayout {
    id: card

    required property var session
    property var attempt: null

    readonly property string statusText: session.ownPresence.statusText ?? ""
    readonly property var expiresAt: session.ownPresence.statusExpiresAt
    readonly property bool busy: attempt !== null && attempt.running

    spacing: Theme.space3

    RowLayout {
        spacing: Theme.space3
        Layout.fillWidth: true

        ColumnLayout {
            spacing: 1
            Layout.fillWidth: true

            AppText {
                objectName: "settingsStatus"
                text: card.statusText.length > 0 ? DisplayText.name(card.statusText) : qsTr("No status")
                color: card.statusText.length > 0 ? Theme.text : Theme.textSecondary
                horizontalAlignment: Text.AlignLeft
                wrapMode: Text.Wrap
                Layout.fillWidth: true
            }
            AppText {
                visible: text.length > 0
                text: card.statusText.length > 0 && card.expiresAt !== undefined ? Dates.ending(card.expiresAt, Dates.today) : ""
                font.pixelSize: Theme.small
                color: Theme.textSecondary
                horizontalAlignment: Text.AlignLeft
                Layout.fillWidth: true
            }
        }
        AppButton {
            objectName: "statusButton"
            text: card.statusText.length > 0 ? qsTr("Change") : qsTr("Set a status")
            Accessible.name: card.statusText.length > 0 ? qsTr("Change status") : text
            onClicked: sheet.open()
        }
    }
    Divider { Layout.fillWidth: true }
    AppSwitch {
        id: lastSeen

        objectName: "lastSeenSwitch"
        text: qsTr("Show when I was last online")
        note: qsTr("People you share a conversation with see it while you are offline.")
        checked: !(card.session.ownPresence.lastSeenHidden ?? false)
        enabled: !card.busy
        Layout.fillWidth: true
        onToggled: card.attempt = card.session.setLastSeenHidden(!checked)
    }
    AppText {
        objectName: "lastSeenError"
        visible: text.length > 0
        text: card.attempt !== null && !card.busy ? card.attempt.errorMessage : ""
        font.pixelSize: Theme.small
        color: Theme.danger
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignLeft
        Layout.fillWidth: true
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text
    }
    // A press moves the switch at once; in the end it shows what holds.
    Connections {
        target: card.attempt
        ignoreUnknownSignals: true

        function onRunningChanged() {
            lastSeen.checked = Qt.binding(() => !(card.session.ownPresence.lastSeenHidden ?? false));
        }
        function onFinished() {
            lastSeen.checked = Qt.binding(() => !(card.session.ownPresence.lastSeenHidden ?? false));
        }
    }
    StatusSheet {
        id: sheet

        objectName: "settingsStatusSheet"
        session: card.session
    }
}
