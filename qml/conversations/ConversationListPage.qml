// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Presence
import Confab.App.Theme

/// All conversations, the latest on top.
Rectangle {
    id: page

    required property var session
    property string currentId

    signal opened(string conversationId)
    signal searchRequested
    signal newRequested
    signal settingsRequested

    function step(delta) {
        const rows = list.count;
        if (rows === 0)
            return;
        let next = list.currentIndex + delta;
        if (list.currentIndex < 0)
            next = 0;
        list.currentIndex = Math.max(0, Math.min(rows - 1, next));
        list.positionViewAtIndex(list.currentIndex, ListView.Contain);
        const row = list.currentItem as ConversationRow;
        if (row !== null)
            page.opened(row.conversationId);
    }

    function focusRow(index) {
        if (index < 0 || index >= list.count)
            return;
        list.positionViewAtIndex(index, ListView.Contain);
        list.forceLayout();
        const row = list.itemAtIndex(index);
        if (row !== null)
            row.forceActiveFocus(Qt.TabFocusReason);
    }

    /// Puts the keyboard on the open conversation's row, or the first.
    function focusList() {
        focusRow(Math.max(0, list.currentIndex));
    }

    color: Theme.sidebar
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Conversations")

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RowLayout {
            spacing: Theme.space2
            Layout.fillWidth: true
            Layout.preferredHeight: Theme.headerHeight
            Layout.leftMargin: Theme.space4
            Layout.rightMargin: Theme.space2

            AppText {
                text: qsTr("Chats")
                font.pixelSize: Theme.headline
                font.weight: Font.Bold
                horizontalAlignment: Text.AlignLeft
                Layout.fillWidth: true
                Accessible.role: Accessible.Heading
                Accessible.name: text
            }
            IconButton {
                objectName: "settingsButton"
                iconName: "settings"
                text: qsTr("Settings")
                onClicked: page.settingsRequested()
            }
            IconButton {
                objectName: "newButton"
                iconName: "compose"
                ink: Theme.accentText
                text: qsTr("New conversation")
                onClicked: page.newRequested()
            }
        }
        SearchButton {
            objectName: "searchButton"
            Layout.fillWidth: true
            Layout.leftMargin: Theme.space3
            Layout.rightMargin: Theme.space3
            Layout.bottomMargin: Theme.space2
            text: qsTr("Search people")
            hint: qsTr("Ctrl K")
            onClicked: page.searchRequested()
        }
        ListView {
            id: list

            objectName: "conversationList"
            clip: true
            model: page.session.conversations
            currentIndex: -1
            spacing: 2
            leftMargin: Theme.space2
            rightMargin: Theme.space2
            bottomMargin: Theme.space2
            boundsBehavior: Flickable.StopAtBounds
            highlightFollowsCurrentItem: false
            activeFocusOnTab: false
            Layout.fillWidth: true
            Layout.fillHeight: true
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Conversations")

            delegate: ConversationRow {
                id: row

                required property int index

                width: ListView.view.width - 2 * Theme.space2
                session: page.session
                selected: conversationId === page.currentId
                onSelectedChanged: {
                    if (selected)
                        list.currentIndex = index;
                }
                onClicked: {
                    list.currentIndex = row.index;
                    page.opened(row.conversationId);
                }
                // The list is one stop for Tab; arrows move inside it.
                focusPolicy: index === Math.max(0, list.currentIndex) ? Qt.StrongFocus : Qt.ClickFocus
                Keys.onDownPressed: page.focusRow(row.index + 1)
                Keys.onUpPressed: page.focusRow(row.index - 1)
            }
            AppScrollBar {
                id: bar

                anchors.top: parent.top
                anchors.bottom: parent.bottom
                anchors.right: parent.right
                orientation: Qt.Vertical
                size: list.visibleArea.heightRatio
                position: list.visibleArea.yPosition
                active: list.moving || hovered
            }
            move: Transition {
                NumberAnimation { properties: "y"; duration: Theme.slow; easing.type: Easing.OutCubic }
            }
            displaced: Transition {
                NumberAnimation { properties: "y"; duration: Theme.slow; easing.type: Easing.OutCubic }
            }

            EmptyState {
                objectName: "emptyList"
                anchors.fill: parent
                visible: list.count === 0 && page.session.conversationsLoaded
                iconName: "chat"
                title: qsTr("No conversations yet")
                message: qsTr("Find someone by name or handle and say hello.")
                actionText: qsTr("Start a conversation")
                onAction: page.newRequested()
            }
        }
        Divider { Layout.fillWidth: true }
        OwnStatusRow {
            objectName: "ownStatusRow"
            session: page.session
            Layout.fillWidth: true
            Layout.margins: Theme.space1
            Layout.leftMargin: Theme.space2
            Layout.rightMargin: Theme.space2
        }
    }
}
