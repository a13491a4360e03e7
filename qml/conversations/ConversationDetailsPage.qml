// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Presence
import Confab.App.Text
import Confab.App.Theme

/// Who is in a conversation, what it is called, and the way out of it.
FocusScope {
    id: page

    required property var session
    property bool adding: false
    property var attempt: null

    readonly property string title: session.current.title ?? ""
    readonly property string avatarSeed: session.current.avatarSeed ?? ""
    readonly property string subtitle: session.current.subtitle ?? ""
    readonly property bool group: (session.current.kind ?? "direct") !== "direct"
    readonly property bool self: session.current.isSelf ?? false
    readonly property bool busy: attempt !== null && attempt.running
    readonly property string problem: attempt !== null && !busy ? attempt.errorMessage : ""

    signal back
    signal departed

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Conversation details")

    PersonWatch {
        id: watch

        session: page.session
        userId: page.group || page.self ? "" : page.session.current.otherUserId ?? ""
    }
    Rectangle {
        anchors.fill: parent
        color: Theme.canvas
    }
    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        PageHeader {
            title: page.adding ? qsTr("Add people") : qsTr("Details")
            closes: !page.adding
            Layout.fillWidth: true
            onBack: {
                if (page.adding)
                    page.adding = false;
                else
                    page.back();
            }
        }
        Loader {
            active: page.adding
            visible: active
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.maximumWidth: 560
            Layout.alignment: Qt.AlignHCenter
            Layout.topMargin: Theme.space4
            sourceComponent: addPeople
        }
        ListView {
            id: list

            objectName: "memberList"
            visible: !page.adding
            clip: true
            model: page.session.members
            leftMargin: Theme.space2
            rightMargin: Theme.space2
            bottomMargin: Theme.space4
            spacing: 2
            boundsBehavior: Flickable.StopAtBounds
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.maximumWidth: 560
            Layout.alignment: Qt.AlignHCenter
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Members")

            header: ColumnLayout {
                width: list.width - 2 * Theme.space2
                spacing: Theme.space2

                Avatar {
                    size: 88
                    seed: page.avatarSeed
                    name: page.title
                    presence: watch.state
                    Layout.alignment: Qt.AlignHCenter
                    Layout.topMargin: Theme.space6
                }
                NameText {
                    objectName: "detailsTitle"
                    source: page.title
                    font.pixelSize: Theme.headline
                    font.weight: Font.DemiBold
                    horizontalAlignment: Text.AlignHCenter
                    Layout.fillWidth: true
                    Layout.topMargin: Theme.space1
                }
                AppText {
                    text: page.subtitle
                    color: Theme.textSecondary
                    horizontalAlignment: Text.AlignHCenter
                    Layout.fillWidth: true
                }
                PresenceLine {
                    objectName: "detailsPresence"
                    person: watch
                    visible: text.length > 0
                    font.pixelSize: Theme.small
                    horizontalAlignment: Text.AlignHCenter
                    Layout.fillWidth: true
                }
                RowLayout {
                    spacing: Theme.space2
                    visible: page.group
                    Layout.alignment: Qt.AlignHCenter
                    Layout.topMargin: Theme.space2

                    AppButton {
                        objectName: "renameButton"
                        iconName: "edit"
                        text: qsTr("Rename")
                        onClicked: renameSheet.open()
                    }
                    AppButton {
                        objectName: "addButton"
                        iconName: "userplus"
                        text: qsTr("Add people")
                        onClicked: page.adding = true
                    }
                }
                AppText {
                    objectName: "detailsError"
                    visible: text.length > 0
                    text: page.problem
                    color: Theme.danger
                    horizontalAlignment: Text.AlignHCenter
                    wrapMode: Text.Wrap
                    Layout.fillWidth: true
                    Accessible.role: Accessible.AlertMessage
                    Accessible.name: text
                }
                SectionLabel {
                    text: qsTr("Members")
                    Layout.fillWidth: true
                }
            }
            delegate: PersonRow {
                id: member

                required property string role
                required property bool isMe

                width: ListView.view.width - 2 * Theme.space2
                session: page.session
                watched: !isMe
                note: isMe ? qsTr("You") : role === "owner" ? qsTr("Owner") : role === "admin" ? qsTr("Admin") : ""

                IconButton {
                    objectName: "removeMember"
                    visible: page.group && !member.isMe && page.session.canManageMembers
                    iconName: "close"
                    iconSize: 18
                    text: qsTr("Remove %1").arg(member.displayName)
                    onClicked: {
                        removeSheet.person = {"userId": member.userId, "displayName": member.displayName};
                        removeSheet.open();
                    }
                }
            }
            footer: ColumnLayout {
                width: list.width - 2 * Theme.space2
                visible: page.group
                spacing: 0

                Divider {
                    Layout.fillWidth: true
                    Layout.topMargin: Theme.space3
                    Layout.bottomMargin: Theme.space2
                }
                ListRow {
                    objectName: "leaveRow"
                    text: qsTr("Leave group")
                    Layout.fillWidth: true
                    onClicked: leaveSheet.open()

                    contentItem: RowLayout {
                        spacing: Theme.space3

                        Icon {
                            name: "logout"
                            directional: true
                            color: Theme.danger
                            Layout.leftMargin: Theme.space2
                        }
                        AppText {
                            text: qsTr("Leave group")
                            color: Theme.danger
                            font.weight: Font.Medium
                            horizontalAlignment: Text.AlignLeft
                            Layout.fillWidth: true
                        }
                    }
                }
            }
            AppScrollBar {
                anchors.top: parent.top
                anchors.bottom: parent.bottom
                anchors.right: parent.right
                orientation: Qt.Vertical
                size: list.visibleArea.heightRatio
                position: list.visibleArea.yPosition
                active: list.moving || hovered
            }
        }
    }

    Component {
        id: addPeople

        ColumnLayout {
            spacing: Theme.space3

            PeoplePicker {
                id: picker

                objectName: "addPicker"
                focus: true
                session: page.session
                several: true
                excludedIds: page.session.memberIds
                Layout.fillWidth: true
                Layout.fillHeight: true
                Component.onCompleted: forceActiveFocus()
            }
            AppButton {
                objectName: "addConfirm"
                kind: AppButton.Primary
                text: qsTr("Add %n people", "", picker.chosen.length)
                enabled: picker.chosen.length > 0
                implicitHeight: Theme.touch ? 48 : 40
                Layout.fillWidth: true
                Layout.margins: Theme.space3
                Layout.topMargin: 0
                onClicked: {
                    page.attempt = page.session.addMembers(picker.chosen.map(person => person.userId));
                    page.adding = false;
                }
            }
        }
    }
    Sheet {
        id: renameSheet

        objectName: "renameSheet"
        title: qsTr("Rename group")
        onAboutToShow: newTitle.text = page.title
        onOpened: {
            newTitle.input.forceActiveFocus();
            newTitle.input.selectAll();
        }

        FormField {
            id: newTitle

            objectName: "newTitleField"
            label: qsTr("Group name")
            Layout.fillWidth: true
            onAccepted: renameAccept.clicked()
        }
        actions: [
            AppButton {
                text: qsTr("Cancel")
                onClicked: renameSheet.close()
            },
            AppButton {
                id: renameAccept

                objectName: "renameAccept"
                kind: AppButton.Primary
                text: qsTr("Rename")
                enabled: newTitle.text.trim().length > 0
                onClicked: {
                    if (newTitle.text.trim().length === 0)
                        return;
                    renameSheet.close();
                    page.attempt = page.session.rename(newTitle.text.trim());
                }
            }
        ]
    }
    ConfirmSheet {
        id: removeSheet

        objectName: "removeSheet"

        property var person: null

        title: person !== null ? qsTr("Remove %1?").arg(DisplayText.name(person.displayName)) : ""
        message: qsTr("They will no longer see new messages of this group.")
        confirmText: qsTr("Remove")
        onConfirmed: page.attempt = page.session.removeMember(person.userId)
    }
    ConfirmSheet {
        id: leaveSheet

        objectName: "leaveSheet"
        title: qsTr("Leave this group?")
        message: qsTr("You will need somebody to add you again.")
        confirmText: qsTr("Leave")
        onConfirmed: {
            page.attempt = page.session.leave();
            page.departed();
        }
    }
}
