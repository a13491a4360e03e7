// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Theme

/// Signing in, or making an account, on a server of one's choice.
Rectangle {
    id: page

    required property var session
    property bool registering: false
    /// Set while somebody whose session ended signs in again: server and handle are theirs then.
    property string lockedHandle
    property string serverAddress: "http://localhost:8484"
    /// The attempt under way or the last one: `running`, `errorField`, `errorMessage`.
    property var attempt: null

    readonly property bool busy: attempt !== null && attempt.running
    readonly property bool again: lockedHandle.length > 0
    readonly property bool narrow: width < 560
    readonly property bool complete: server.text.trim().length > 0 && handle.text.trim().length > 0
                                     && password.text.length > 0

    function fieldError(field) {
        return attempt !== null && !busy && attempt.errorField === field ? attempt.errorMessage : "";
    }

    function submit() {
        if (busy || !complete)
            return;
        if (registering)
            attempt = session.registerAccount(server.text.trim(), handle.text.trim(), displayName.text.trim(), password.text,
                                       invite.text.trim());
        else
            attempt = session.signIn(server.text.trim(), handle.text.trim(), password.text);
    }

    color: narrow ? Theme.canvas : Theme.sidebar
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Sign in")

    Rectangle {
        anchors.centerIn: parent
        visible: !page.narrow
        width: column.width + 2 * Theme.space8
        height: Math.min(column.implicitHeight + 2 * Theme.space8, page.height - 2 * Theme.space4)
        radius: 16
        color: Theme.raised
        border.width: 1
        border.color: Theme.border

        SoftShadow { radius: 16 }
    }

    Flickable {
        id: flick

        anchors.fill: parent
        anchors.topMargin: Theme.space4
        anchors.bottomMargin: Theme.space4
        contentHeight: Math.max(column.implicitHeight + 2 * Theme.space6, height)
        boundsBehavior: Flickable.StopAtBounds
        clip: true

        ColumnLayout {
            id: column

            x: Math.round((flick.width - width) / 2)
            y: Math.max(Theme.space6, Math.round((flick.contentHeight - implicitHeight) / 2))
            width: Math.min(360, flick.width - 2 * Theme.space6)
            spacing: Theme.space4

            Rectangle {
                Layout.alignment: Qt.AlignHCenter
                implicitWidth: 56
                implicitHeight: 56
                radius: 16
                color: Theme.accent

                Icon {
                    anchors.centerIn: parent
                    name: "chat"
                    size: 30
                    color: Theme.accentInk
                }
            }
            ColumnLayout {
                spacing: Theme.space1
                Layout.fillWidth: true
                Layout.bottomMargin: Theme.space1

                AppText {
                    text: page.again ? qsTr("Welcome back") : page.registering ? qsTr("Create your account") : qsTr("Welcome to Confab")
                    font.pixelSize: Theme.headline
                    font.weight: Font.DemiBold
                    horizontalAlignment: Text.AlignHCenter
                    wrapMode: Text.Wrap
                    Layout.fillWidth: true
                    Accessible.role: Accessible.Heading
                    Accessible.name: text
                }
                AppText {
                    text: page.registering ? qsTr("Choose a handle others can find you by.")
                          : page.again ? qsTr("Your messages are still here. Sign in to send and receive again.")
                          : qsTr("Sign in to pick up where you left off.")
                    color: Theme.textSecondary
                    horizontalAlignment: Text.AlignHCenter
                    wrapMode: Text.Wrap
                    Layout.fillWidth: true
                }
            }
            FormField {
                id: server

                objectName: "serverField"
                label: qsTr("Server")
                text: page.serverAddress
                placeholder: qsTr("https://chat.example.org")
                inputMethodHints: Qt.ImhUrlCharactersOnly | Qt.ImhNoAutoUppercase
                error: page.fieldError("server")
                enabled: !page.busy && !page.again
                Layout.fillWidth: true
                onAccepted: handle.input.forceActiveFocus()
            }
            FormField {
                id: handle

                objectName: "handleField"
                label: qsTr("Handle")
                placeholder: qsTr("ada")
                inputMethodHints: Qt.ImhNoAutoUppercase | Qt.ImhNoPredictiveText
                text: page.lockedHandle
                error: page.fieldError("handle")
                enabled: !page.busy && !page.again
                input.focus: !page.again
                Layout.fillWidth: true
                onAccepted: page.registering ? displayName.input.forceActiveFocus() : password.input.forceActiveFocus()
            }
            FormField {
                id: displayName

                objectName: "displayNameField"
                visible: page.registering
                label: qsTr("Name")
                placeholder: qsTr("Ada Lovelace")
                error: page.fieldError("displayName")
                enabled: !page.busy
                Layout.fillWidth: true
                onAccepted: password.input.forceActiveFocus()
            }
            FormField {
                id: password

                objectName: "passwordField"
                label: qsTr("Password")
                secret: true
                hint: page.registering ? qsTr("At least %n characters.", "", page.session.passwordMinLength) : ""
                input.focus: page.again
                error: page.fieldError("password")
                enabled: !page.busy
                Layout.fillWidth: true
                onAccepted: page.submit()
            }
            FormField {
                id: invite

                objectName: "inviteField"
                visible: page.registering
                label: qsTr("Invite code")
                hint: qsTr("Only if the server asks for one.")
                error: page.fieldError("inviteCode")
                enabled: !page.busy
                Layout.fillWidth: true
                onAccepted: page.submit()
            }
            Rectangle {
                visible: general.text.length > 0
                Layout.fillWidth: true
                implicitHeight: general.implicitHeight + 2 * Theme.space2 + 2
                radius: Theme.radius
                color: Theme.dangerSoft

                Icon {
                    id: mark

                    anchors.left: parent.left
                    anchors.leftMargin: Theme.space3
                    anchors.verticalCenter: parent.verticalCenter
                    name: "alert"
                    size: 18
                    color: Theme.danger
                }
                AppText {
                    id: general

                    objectName: "generalError"
                    anchors.left: mark.right
                    anchors.right: parent.right
                    anchors.leftMargin: Theme.space2
                    anchors.rightMargin: Theme.space3
                    anchors.verticalCenter: parent.verticalCenter
                    text: page.fieldError("")
                    color: Theme.danger
                    font.pixelSize: Theme.small
                    wrapMode: Text.Wrap
                    horizontalAlignment: Text.AlignLeft
                    Accessible.role: Accessible.AlertMessage
                    Accessible.name: text
                }
            }
            AppButton {
                objectName: "submitButton"
                kind: AppButton.Primary
                text: page.registering ? qsTr("Create account") : qsTr("Sign in")
                busy: page.busy
                enabled: page.complete && !page.busy
                implicitHeight: Theme.touch ? 48 : 40
                Layout.fillWidth: true
                Layout.topMargin: Theme.space1
                onClicked: page.submit()
            }
            AppButton {
                objectName: "switchButton"
                kind: AppButton.Quiet
                text: page.again ? qsTr("Not now") : page.registering ? qsTr("I have an account")
                                                              : qsTr("New here? Create an account")
                enabled: !page.busy
                Layout.alignment: Qt.AlignHCenter
                onClicked: {
                    if (page.again) {
                        page.session.cancelSigningInAgain();
                        return;
                    }
                    page.attempt = null;
                    page.registering = !page.registering;
                }
            }
        }
    }
}
