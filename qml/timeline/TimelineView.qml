// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Window
import Confab.App.Controls
import Confab.App.Theme

/// The messages of one conversation. Row 0 is the newest and lies at the bottom, so that older rows arriving above
/// move nothing and the newest stays in view.
FocusScope {
    id: view

    required property var session
    property bool showPeople: true

    readonly property int count: list.count
    readonly property bool atNewest: (list.atYEnd || list.contentHeight <= list.height) && !session.hasNewer
    property int unseen: 0

    signal editRequested(string key, string text)

    function toNewest() {
        if (session.hasNewer)
            session.jumpToNewest();
        list.positionViewAtBeginning();
        unseen = 0;
    }

    function loadIfNeeded() {
        if (list.count === 0 || view.session.loading)
            return;
        const above = list.visibleArea.yPosition * list.contentHeight;
        const below = list.contentHeight - above - list.height;
        if (view.session.hasOlder && above < list.height)
            view.session.loadOlder();
        else if (view.session.hasNewer && below < list.height)
            view.session.loadNewer();
    }

    function markIfSeen() {
        if (atNewest && visible && list.count > 0 && Window.active)
            session.markRead();
    }

    function openMenu(row, x, y) {
        menu.row = row;
        menu.popup(row, x, y);
    }

    onAtNewestChanged: {
        if (atNewest)
            unseen = 0;
        seen.restart();
    }
    onVisibleChanged: seen.restart()
    Window.onActiveChanged: seen.restart()

    Timer {
        id: seen

        interval: 0
        onTriggered: view.markIfSeen()
    }

    Timer {
        id: soon

        interval: 0
        onTriggered: view.loadIfNeeded()
    }
    ListView {
        id: list

        objectName: "timeline"
        anchors.fill: parent
        focus: true
        clip: true
        model: view.session.timeline
        verticalLayoutDirection: ListView.BottomToTop
        boundsBehavior: Flickable.StopAtBounds
        // Rows above the window are made ahead, so that a wheel does not wait for them.
        cacheBuffer: 800
        currentIndex: -1
        keyNavigationEnabled: true
        highlightFollowsCurrentItem: true
        highlightMoveDuration: 0
        activeFocusOnTab: true
        header: Item { implicitHeight: Theme.space1; implicitWidth: 1 }
        footer: Item {
            implicitWidth: 1
            implicitHeight: view.session.loading ? 48 : Theme.space4

            Spinner {
                anchors.centerIn: parent
                running: view.session.loading
            }
        }
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Messages")
        onActiveFocusChanged: {
            if (activeFocus && currentIndex < 0 && count > 0)
                currentIndex = 0;
        }
        onContentYChanged: soon.restart()
        onCountChanged: {
            soon.restart();
            seen.restart();
        }
        onHeightChanged: soon.restart()

        delegate: MessageRow {
            id: row

            required property int index

            width: ListView.view.width
            showPeople: view.showPeople
            menuOpen: menu.visible && menu.row === row
            focus: ListView.isCurrentItem && list.activeFocus
            onMenuRequested: (x, y) => view.openMenu(row, x, y)
            onRetryRequested: view.session.retry(row.key)
            onDiscardRequested: view.session.discard(row.key)
            onHoleSeen: view.session.loadHole(row.index)
        }
        Connections {
            target: view.session.timeline
            ignoreUnknownSignals: true
            function onRowsInserted(parent, first, last) {
                if (first === 0 && !view.atNewest)
                    view.unseen += last - first + 1;
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
        onPositionChanged: {
            if (pressed)
                list.contentY = list.originY + position * list.contentHeight;
        }
    }
    EmptyState {
        objectName: "emptyTimeline"
        anchors.fill: parent
        visible: list.count === 0 && view.session.timelineLoaded
        iconName: "chat"
        title: qsTr("Say hello")
        message: qsTr("Nothing has been written here yet.")
    }
    Item {
        id: jump

        objectName: "jumpButton"
        readonly property bool shown: !view.atNewest

        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.rightMargin: Theme.space4
        anchors.bottomMargin: shown ? Theme.space3 : 0
        width: 44
        height: 44
        opacity: shown ? 1 : 0
        visible: opacity > 0

        Behavior on opacity { NumberAnimation { duration: Theme.normal } }
        Behavior on anchors.bottomMargin { NumberAnimation { duration: Theme.normal; easing.type: Easing.OutCubic } }

        Rectangle {
            anchors.fill: parent
            radius: 22
            color: Theme.raised
            border.width: 1
            border.color: Theme.border

            SoftShadow { radius: 22; depth: 4 }
        }
        IconButton {
            anchors.fill: parent
            iconName: "down"
            text: qsTr("Jump to the newest message")
            onClicked: view.toNewest()
        }
        Badge {
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.verticalCenter: parent.top
            count: view.unseen
        }
    }
    AppMenu {
        id: menu

        property MessageRow row: null

        objectName: "messageMenu"

        AppMenuItem {
            objectName: "copyItem"
            iconName: "copy"
            text: qsTr("Copy text")
            offered: menu.row !== null && !menu.row.deleted
            onTriggered: view.session.copy(menu.row.text)
        }
        AppMenuItem {
            objectName: "editItem"
            iconName: "edit"
            text: qsTr("Edit")
            offered: menu.row !== null && menu.row.isOwn && !menu.row.deleted && !menu.row.failed
            onTriggered: view.editRequested(menu.row.key, menu.row.text)
        }
        AppMenuItem {
            objectName: "readersItem"
            iconName: "eye"
            text: qsTr("Who has seen this")
            offered: menu.row !== null && view.showPeople && menu.row.isOwn && !menu.row.deleted
                     && (menu.row.state === "Sent" || menu.row.state === "Delivered" || menu.row.state === "Read")
            onTriggered: {
                view.session.showReaders(menu.row.messageId);
                readersSheet.open();
            }
        }
        AppMenuItem {
            objectName: "retryItem"
            iconName: "retry"
            text: qsTr("Retry")
            offered: menu.row !== null && menu.row.failed
            onTriggered: view.session.retry(menu.row.key)
        }
        AppMenuItem {
            objectName: "deleteItem"
            iconName: "trash"
            destructive: true
            text: menu.row !== null && menu.row.failed ? qsTr("Discard") : qsTr("Delete")
            offered: menu.row !== null && menu.row.isOwn && !menu.row.deleted
            onTriggered: {
                if (menu.row.failed) {
                    view.session.discard(menu.row.key);
                    return;
                }
                deleteSheet.key = menu.row.key;
                deleteSheet.open();
            }
        }
    }
    ReadersSheet {
        id: readersSheet

        objectName: "readersSheet"
        people: view.session.readers
        onClosed: view.session.showReaders(0)
    }
    ConfirmSheet {
        id: deleteSheet

        objectName: "deleteSheet"

        property string key

        title: qsTr("Delete this message?")
        message: qsTr("It disappears for everyone in this conversation.")
        confirmText: qsTr("Delete")
        onConfirmed: view.session.remove(key)
    }
}
