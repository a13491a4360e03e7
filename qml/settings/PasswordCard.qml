// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Theme

/// Sets a new password: the old one, the new one, and what became of it.
SettingsCard {
    id: card

    required property var session
    property var attempt: null
    property bool changed: false

    readonly property bool busy: attempt !== null && attempt.running

    function fieldError(field) {
        return attempt !== null && !busy && attempt.errorField === field ? attempt.errorMessage : "";
    }

    function submit() {
        if (!change.enabled)
            return;
        changed = false;
        attempt = session.changePassword(current.text, next.text);
    }

    title: qsTr("Password")

    Connections {
        target: card.attempt
        ignoreUnknownSignals: true

        function onSucceeded() {
            current.text = "";
            next.text = "";
            card.changed = true;
            card.session.devices.refresh();
        }
    }
    FormField {
        id: current

        objectName: "currentPasswordField"
        label: qsTr("Current password")
        secret: true
        error: card.fieldError("currentPassword")
        Layout.fillWidth: true
        onAccepted: next.input.forceActiveFocus()
    }
    FormField {
        id: next

        objectName: "newPasswordField"
        label: qsTr("New password")
        hint: qsTr("At least %1 characters").arg(card.session.passwordMinLength)
        secret: true
        error: card.fieldError("newPassword")
        Layout.fillWidth: true
        onAccepted: card.submit()
    }
    AppText {
        objectName: "passwordNote"
        visible: text.length > 0
        text: card.changed ? qsTr("Your password was changed. All other devices were signed out.")
              : card.attempt !== null && !card.busy && card.attempt.errorField.length === 0 ? card.attempt.errorMessage : ""
        color: card.changed ? Theme.success : Theme.danger
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignLeft
        Layout.fillWidth: true
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text
    }
    RowLayout {
        spacing: Theme.space3
        Layout.fillWidth: true

        AppText {
            text: qsTr("Other devices are signed out.")
            visible: !card.changed
            font.pixelSize: Theme.small
            color: Theme.textSecondary
            wrapMode: Text.Wrap
            horizontalAlignment: Text.AlignLeft
            Layout.fillWidth: true
        }
        Item {
            visible: card.changed
            Layout.fillWidth: true
        }
        AppButton {
            id: change

            objectName: "changePassword"
            text: qsTr("Change password")
            busy: card.busy
            enabled: current.text.length > 0 && next.text.length >= card.session.passwordMinLength && !card.busy
            onClicked: card.submit()
        }
    }
}
