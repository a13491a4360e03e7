// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts
import Confab

ApplicationWindow {
    id: window
    property alias server: chat.serverUrl; property alias profile: chat.profile
    property alias handle: handleField.text; property alias password: passwordField.text
    function signIn() { problem.action = chat.signIn(handle, password) }
    property bool entered: chat.signedIn && chat.state !== "SessionOver"
    Component.onCompleted: if (password) signIn()
    visible: true; width: 720; height: 480
    title: chat.signedIn ? chat.me.displayName + " (" + chat.state + ")" : "Confab"
    Client {
        id: chat // without a keyring that answers one stays signed in until the program ends
        onStateChanged: if (state.startsWith("Secrets")) secretPolicy = Client.SecretPolicy.SessionOnly
    }
    ColumnLayout {
        anchors.centerIn: parent; visible: !window.entered
        TextField { id: handleField; placeholderText: "Handle" }
        TextField { id: passwordField; placeholderText: "Password"; echoMode: TextInput.Password }
        Button { text: "Sign in"; onClicked: window.signIn() }
        Label { id: problem; property Action action; text: action ? action.errorMessage : chat.stateReason }
    }
    RowLayout {
        anchors.fill: parent; visible: window.entered
        ListView {
            Layout.fillHeight: true; Layout.preferredWidth: 200
            model: ConversationListModel { id: conversations; client: chat }
            currentIndex: -1
            function show(row: var) { timeline.conversationId = row.conversationId || "" }
            onCurrentIndexChanged: show(conversations.get(currentIndex))
            delegate: ItemDelegate {
                id: row; required property var model
                width: ListView.view.width; highlighted: ListView.isCurrentItem
                contentItem: Label { text: row.model.title + " " + (row.model.unreadCount || ""); textFormat: Text.PlainText }
                onClicked: ListView.view.currentIndex = model.index
            }
        }
        ColumnLayout {
            ListView {
                Layout.fillHeight: true; Layout.fillWidth: true; verticalLayoutDirection: ListView.BottomToTop
                model: TimelineModel { id: timeline; client: chat; onCountChanged: timeline.markAllRead() }
                delegate: Label {
                    required property var model
                    width: ListView.view.width; wrapMode: Text.Wrap; textFormat: Text.PlainText
                    text: model.isHole ? "…" : model.senderName + ": " + model.text + " (" + model.state + ")"
                    Component.onCompleted: if (model.isHole) timeline.fillHole(model.index)
                }
                onAtYBeginningChanged: if (atYBeginning) timeline.loadOlder()
            }
            TextField {
                Layout.fillWidth: true; placeholderText: "Message"; enabled: timeline.conversationId
                onAccepted: timeline.send(text).succeeded.connect(() => clear())
            }
        }
    }
}
