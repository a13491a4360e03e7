// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Theme

/// Starts a direct conversation with one person, or a group with a title and several.
FocusScope {
    id: page

    required property var session
    property bool group: false
    property var attempt: null

    readonly property bool busy: attempt !== null && attempt.running
    readonly property string problem: attempt !== null && !busy ? attempt.errorMessage : ""

    signal back
    signal created(string conversationId)

    function watch(action) {
        attempt = action;
    }

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("New conversation")

    Connections {
        target: page.attempt
        function onSucceeded(result) {
            page.created(String(result));
        }
    }
    Rectangle {
        anchors.fill: parent
        color: Theme.canvas
    }
    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        PageHeader {
            title: page.group ? qsTr("New group") : qsTr("New conversation")
            closes: !page.group
            Layout.fillWidth: true
            onBack: {
                if (page.group)
                    page.group = false;
                else
                    page.back();
            }
        }
        ColumnLayout {
            spacing: Theme.space3
            Layout.fillHeight: true
            Layout.fillWidth: true
            Layout.maximumWidth: 560
            Layout.alignment: Qt.AlignHCenter
            Layout.topMargin: Theme.space4

            FormField {
                id: title

                objectName: "groupTitleField"
                visible: page.group
                label: qsTr("Group name")
                placeholder: qsTr("Weekend plans")
                enabled: !page.busy
                Layout.fillWidth: true
                Layout.leftMargin: Theme.space3
                Layout.rightMargin: Theme.space3
            }
            ListRow {
                objectName: "newGroupRow"
                visible: !page.group
                text: qsTr("New group")
                Layout.fillWidth: true
                Layout.leftMargin: Theme.space2
                Layout.rightMargin: Theme.space2
                onClicked: page.group = true

                contentItem: RowLayout {
                    spacing: Theme.space3

                    Rectangle {
                        implicitWidth: 36
                        implicitHeight: 36
                        radius: 18
                        color: Theme.accentSoft

                        Icon {
                            anchors.centerIn: parent
                            name: "users"
                            color: Theme.accentText
                        }
                    }
                    AppText {
                        text: qsTr("New group")
                        font.weight: Font.Medium
                        horizontalAlignment: Text.AlignLeft
                        Layout.fillWidth: true
                    }
                    Icon {
                        name: "forward"
                        directional: true
                        size: 18
                        color: Theme.textTertiary
                    }
                }
            }
            PeoplePicker {
                id: picker

                objectName: "picker"
                focus: true
                session: page.session
                several: page.group
                enabled: !page.busy
                Layout.fillWidth: true
                Layout.fillHeight: true
                onPicked: person => page.watch(page.session.createDirect(person.userId))
            }
            AppText {
                objectName: "createError"
                visible: text.length > 0
                text: page.problem
                color: Theme.danger
                wrapMode: Text.Wrap
                Layout.fillWidth: true
                Layout.leftMargin: Theme.space3
                Layout.rightMargin: Theme.space3
                Accessible.role: Accessible.AlertMessage
                Accessible.name: text
            }
            AppButton {
                objectName: "createButton"
                visible: page.group
                kind: AppButton.Primary
                text: picker.chosen.length > 0 ? qsTr("Create group with %n people", "", picker.chosen.length)
                                               : qsTr("Create group")
                enabled: picker.chosen.length > 0 && title.text.trim().length > 0 && !page.busy
                busy: page.busy
                implicitHeight: Theme.touch ? 48 : 40
                Layout.fillWidth: true
                Layout.margins: Theme.space3
                Layout.topMargin: 0
                onClicked: page.watch(page.session.createGroup(title.text.trim(),
                                                               picker.chosen.map(person => person.userId)))
            }
        }
    }
}
