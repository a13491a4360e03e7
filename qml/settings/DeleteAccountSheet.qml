// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Theme

/// Says what becomes of everything, and deletes the account of who knows its password.
Sheet {
    id: sheet

    required property var session
    property var attempt: null

    readonly property bool busy: attempt !== null && attempt.running

    function submit() {
        if (accept.enabled)
            attempt = session.deleteAccount(password.text);
    }

    title: qsTr("Delete your account?")
    message: qsTr("This cannot be undone.")
    onOpened: password.input.forceActiveFocus(Qt.PopupFocusReason)
    onClosed: {
        password.text = "";
        attempt = null;
    }

    Connections {
        target: sheet.attempt
        ignoreUnknownSignals: true

        function onSucceeded() {
            sheet.close();
        }
    }
    Repeater {
        model: [
            qsTr("You are signed out everywhere and leave all groups."),
            qsTr("Messages you wrote stay in their conversations, under “Deleted account”."),
            qsTr("Your name is removed. Nobody else can take your handle.")
        ]

        RowLayout {
            id: line

            required property string modelData

            spacing: Theme.space2
            Layout.fillWidth: true

            AppText {
                text: "•"
                color: Theme.textSecondary
                Layout.alignment: Qt.AlignTop
                Accessible.ignored: true
            }
            AppText {
                text: line.modelData
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignLeft
                Layout.fillWidth: true
            }
        }
    }
    FormField {
        id: password

        objectName: "deletePasswordField"
        label: qsTr("Your password")
        secret: true
        error: sheet.attempt !== null && !sheet.busy ? sheet.attempt.errorMessage : ""
        Layout.fillWidth: true
        Layout.topMargin: Theme.space2
        onAccepted: sheet.submit()
    }

    actions: [
        AppButton {
            objectName: "deleteCancel"
            text: qsTr("Cancel")
            onClicked: sheet.close()
        },
        AppButton {
            id: accept

            objectName: "deleteAccept"
            kind: AppButton.Danger
            text: qsTr("Delete account")
            busy: sheet.busy
            enabled: password.text.length > 0 && !sheet.busy
            onClicked: sheet.submit()
        }
    ]
}
