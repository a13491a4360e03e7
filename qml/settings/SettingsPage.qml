// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Presence
import Confab.App.Text
import Confab.App.Theme

/// The person's name, status and password, how the app looks, where they are signed in, signing out and deleting the account.
FocusScope {
    id: page

    required property var session
    property var attempt: null

    readonly property bool busy: attempt !== null && attempt.running
    readonly property string problem: attempt !== null && !busy ? attempt.errorMessage : ""

    signal back
    signal appearanceChosen(int mode)

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Settings")
    Component.onCompleted: session.devices.refresh()

    Rectangle {
        anchors.fill: parent
        color: Theme.canvas
    }
    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        PageHeader {
            title: qsTr("Settings")
            closes: true
            Layout.fillWidth: true
            onBack: page.back()
        }
        Flickable {
            id: flick

            objectName: "settingsFlick"
            Layout.fillWidth: true
            Layout.fillHeight: true
            contentHeight: column.implicitHeight + Theme.space8
            boundsBehavior: Flickable.StopAtBounds
            clip: true

            ColumnLayout {
                id: column

                x: Math.round((flick.width - width) / 2)
                width: Math.min(560, flick.width - 2 * Theme.space4)
                spacing: Theme.space2

                SettingsCard {
                    title: qsTr("Profile")
                    Layout.fillWidth: true

                    RowLayout {
                        spacing: Theme.space4
                        Layout.fillWidth: true

                        Avatar {
                            size: 64
                            seed: page.session.me.userId
                            name: page.session.me.displayName
                        }
                        ColumnLayout {
                            spacing: 2
                            Layout.fillWidth: true

                            NameText {
                                objectName: "ownName"
                                source: page.session.me.displayName
                                font.pixelSize: Theme.title
                                font.weight: Font.DemiBold
                                horizontalAlignment: Text.AlignLeft
                                Layout.fillWidth: true
                            }
                            AppText {
                                text: "@" + page.session.me.handle
                                color: Theme.textSecondary
                                horizontalAlignment: Text.AlignLeft
                                Layout.fillWidth: true
                            }
                        }
                    }
                    RowLayout {
                        spacing: Theme.space2
                        Layout.fillWidth: true

                        FormField {
                            id: nameField

                            objectName: "nameField"
                            label: qsTr("Name")
                            text: page.session.me.displayName
                            error: page.problem
                            Layout.fillWidth: true
                            onAccepted: save.clicked()
                        }
                        AppButton {
                            id: save

                            objectName: "saveName"
                            implicitHeight: nameField.input.implicitHeight
                            text: qsTr("Save")
                            busy: page.busy
                            enabled: nameField.text.trim().length > 0 && nameField.text.trim() !== page.session.me.displayName
                                     && !page.busy
                            Layout.alignment: Qt.AlignTop
                            Layout.topMargin: nameField.input.y
                            onClicked: {
                                if (enabled)
                                    page.attempt = page.session.updateName(nameField.text.trim());
                            }
                        }
                    }
                }
                SettingsCard {
                    title: qsTr("Status")
                    Layout.fillWidth: true

                    StatusSettings {
                        objectName: "statusSettings"
                        session: page.session
                        Layout.fillWidth: true
                    }
                }
                SettingsCard {
                    title: qsTr("Appearance")
                    Layout.fillWidth: true

                    SegmentedControl {
                        objectName: "appearance"
                        label: qsTr("Appearance")
                        options: [
                            {"text": qsTr("System"), "icon": "device"},
                            {"text": qsTr("Light"), "icon": "sun"},
                            {"text": qsTr("Dark"), "icon": "moon"}
                        ]
                        currentIndex: Theme.scheme.mode
                        Layout.fillWidth: true
                        onChosen: index => page.appearanceChosen(index)
                    }
                }
                SettingsCard {
                    title: qsTr("Signed in on")
                    Layout.fillWidth: true

                    Repeater {
                        model: page.session.devices

                        RowLayout {
                            id: device

                            required property string sessionId
                            required property string deviceName
                            required property bool current
                            required property date lastActiveAt

                            spacing: Theme.space3
                            Layout.fillWidth: true

                            Rectangle {
                                implicitWidth: 36
                                implicitHeight: 36
                                radius: 18
                                color: Theme.accentSoft

                                Icon {
                                    anchors.centerIn: parent
                                    name: "device"
                                    color: Theme.accentText
                                }
                            }
                            ColumnLayout {
                                spacing: 1
                                Layout.fillWidth: true

                                NameText {
                                    source: device.deviceName
                                    font.weight: Font.Medium
                                    horizontalAlignment: Text.AlignLeft
                                    Layout.fillWidth: true
                                }
                                AppText {
                                    text: device.current ? qsTr("This device")
                                          : qsTr("Last active %1").arg(Dates.listTime(device.lastActiveAt, Dates.today))
                                    font.pixelSize: Theme.small
                                    color: device.current ? Theme.success : Theme.textSecondary
                                    horizontalAlignment: Text.AlignLeft
                                    Layout.fillWidth: true
                                }
                            }
                            AppButton {
                                objectName: "revoke " + device.sessionId
                                visible: !device.current
                                kind: AppButton.Quiet
                                text: qsTr("Sign out")
                                Accessible.name: qsTr("Sign out %1").arg(device.deviceName)
                                onClicked: page.session.devices.revoke(device.sessionId)
                            }
                        }
                    }
                    AppText {
                        visible: text.length > 0
                        text: page.session.devices.errorMessage.length > 0 ? page.session.devices.errorMessage
                              : page.session.devices.count === 0 && !page.session.devices.running
                                ? qsTr("The list appears when you are connected.") : ""
                        color: Theme.textSecondary
                        wrapMode: Text.Wrap
                        horizontalAlignment: Text.AlignLeft
                        Layout.fillWidth: true
                    }
                }
                PasswordCard {
                    objectName: "passwordCard"
                    session: page.session
                    Layout.fillWidth: true
                }
                Flow {
                    spacing: Theme.space2
                    Layout.fillWidth: true
                    Layout.topMargin: Theme.space4

                    AppButton {
                        objectName: "signOutButton"
                        text: qsTr("Sign out of this device")
                        iconName: "logout"
                        onClicked: signOutSheet.open()
                    }
                    AppButton {
                        objectName: "deleteAccountButton"
                        kind: AppButton.Quiet
                        text: qsTr("Delete account…")
                        onClicked: deleteSheet.open()
                    }
                }
                AppText {
                    text: qsTr("Connected to %1").arg(page.session.serverName)
                    font.pixelSize: Theme.caption
                    color: Theme.textTertiary
                    horizontalAlignment: Text.AlignLeft
                    Layout.fillWidth: true
                    Layout.topMargin: Theme.space2
                }
            }
        }
    }
    ConfirmSheet {
        id: signOutSheet

        objectName: "signOutSheet"
        title: qsTr("Sign out?")
        message: qsTr("Messages kept on this device are removed. Those not sent yet are lost.")
        confirmText: qsTr("Sign out")
        onConfirmed: page.session.signOut()
    }
    DeleteAccountSheet {
        id: deleteSheet

        objectName: "deleteAccountSheet"
        session: page.session
    }
}
