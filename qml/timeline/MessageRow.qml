// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Text
import Confab.App.Theme

/// One row of the timeline: a day separator where a day begins, then a message, or a hole that loads when seen.
FocusScope {
    id: row

    required property string key
    required property real messageId
    required property string text
    required property string senderId
    required property string senderName
    required property bool isOwn
    required property date createdAt
    required property bool edited
    required property bool deleted
    required property string state
    required property string errorText
    required property bool firstOfGroup
    required property bool lastOfGroup
    required property string daySeparator
    required property bool isHole
    required property bool holeLoading
    required property bool firstUnread

    /// Whether names and pictures of others are shown; a conversation of two needs neither.
    property bool showPeople: true
    property bool menuOpen: false

    readonly property bool failed: state === "Failed"
    readonly property bool dayStarts: daySeparator.length > 0
    readonly property int side: showPeople && !isOwn ? 40 : 0
    readonly property int margin: Theme.touch ? Theme.space3 : Theme.space6
    readonly property real available: Math.min(width - 2 * margin, Theme.readingWidth + 160)

    signal menuRequested(real x, real y)
    signal retryRequested
    signal discardRequested
    signal holeSeen

    implicitHeight: column.implicitHeight
    activeFocusOnTab: false
    Accessible.role: Accessible.ListItem
    Accessible.name: isHole ? qsTr("Earlier messages") : qsTr("%1, %2: %3").arg(isOwn ? qsTr("You") : senderName)
                                                            .arg(Dates.timeOfDay(createdAt))
                                                            .arg(deleted ? qsTr("Message deleted") : text)
    Component.onCompleted: {
        if (isHole)
            holeSeen();
    }
    Keys.onMenuPressed: row.menuRequested(bubble.x, bubble.y + bubble.height)
    Keys.onReturnPressed: row.menuRequested(bubble.x, bubble.y + bubble.height)

    Column {
        id: column

        width: row.width

        DaySeparator {
            visible: row.dayStarts
            width: parent.width
            text: Dates.dayLabel(row.createdAt, Dates.today)
        }
        Item {
            visible: row.isHole
            width: parent.width
            implicitHeight: visible ? 56 : 0

            AppButton {
                objectName: "holeButton"
                anchors.centerIn: parent
                kind: AppButton.Quiet
                busy: row.holeLoading
                text: row.errorText.length > 0 ? qsTr("Could not load. Try again") : qsTr("Load the messages between")
                onClicked: row.holeSeen()
            }
        }
        Item {
            visible: row.firstUnread
            width: parent.width
            implicitHeight: 36

            Divider {
                anchors.verticalCenter: parent.verticalCenter
                x: row.margin
                width: parent.width - 2 * row.margin
                color: Theme.accentSoft
            }
            Rectangle {
                anchors.centerIn: parent
                width: newLabel.implicitWidth + 2 * Theme.space3
                height: 22
                radius: 11
                color: Theme.accentSoft

                AppText {
                    id: newLabel

                    anchors.centerIn: parent
                    text: qsTr("New messages")
                    font.pixelSize: Theme.caption
                    font.weight: Font.Medium
                    color: Theme.accentText
                }
            }
        }
        Item {
            id: line

            visible: !row.isHole
            width: parent.width
            implicitHeight: visible ? bubble.implicitHeight + (row.firstOfGroup && !row.dayStarts ? Theme.space3 : 2) : 0

            HoverHandler { id: hover }

            Rectangle {
                anchors.fill: parent
                visible: row.activeFocus
                color: Theme.hover
            }
            Avatar {
                visible: row.side > 0 && row.lastOfGroup
                anchors.left: parent.left
                anchors.leftMargin: row.margin
                anchors.bottom: bubble.bottom
                size: 32
                seed: row.senderId
                name: row.senderName
            }
            MessageBubble {
                id: bubble

                objectName: "bubble"
                anchors.bottom: parent.bottom
                anchors.left: row.isOwn ? undefined : parent.left
                anchors.right: row.isOwn ? parent.right : undefined
                anchors.leftMargin: row.margin + row.side
                anchors.rightMargin: row.margin
                width: implicitWidth
                height: implicitHeight
                maximumWidth: Math.max(120, Math.min(560, row.available * (Theme.touch ? 0.84 : 0.72) - row.side))
                text: row.text
                senderId: row.senderId
                senderName: row.senderName
                isOwn: row.isOwn
                edited: row.edited
                deleted: row.deleted
                delivery: row.state
                time: Dates.timeOfDay(row.createdAt)
                firstOfGroup: row.firstOfGroup
                lastOfGroup: row.lastOfGroup
                showSender: row.showPeople && !row.isOwn && row.firstOfGroup

                TapHandler {
                    acceptedButtons: Qt.RightButton
                    onTapped: point => {
                        const at = bubble.mapToItem(row, point.position.x, point.position.y);
                        row.menuRequested(at.x, at.y);
                    }
                }
                TapHandler {
                    acceptedButtons: Qt.LeftButton
                    acceptedDevices: PointerDevice.TouchScreen
                    onLongPressed: row.menuRequested(bubble.x, bubble.y + bubble.height)
                }
            }
            IconButton {
                id: more

                objectName: "moreButton"
                anchors.verticalCenter: bubble.verticalCenter
                anchors.left: row.isOwn ? undefined : bubble.right
                anchors.right: row.isOwn ? bubble.left : undefined
                anchors.margins: 4
                implicitWidth: 32
                implicitHeight: 32
                opacity: (hover.hovered || row.menuOpen || row.activeFocus) && !Theme.touch ? 1 : 0
                visible: !row.deleted && !Theme.touch
                focusPolicy: Qt.NoFocus
                iconName: "more"
                text: qsTr("Message actions")
                onClicked: row.menuRequested(more.x, line.y + more.y + more.height)

                Behavior on opacity { NumberAnimation { duration: Theme.fast } }
            }
        }
        Item {
            visible: row.failed
            width: parent.width
            implicitHeight: visible ? failure.implicitHeight + Theme.space1 : 0

            RowLayout {
                id: failure

                anchors.right: parent.right
                anchors.bottom: parent.bottom
                anchors.rightMargin: row.margin - Theme.space1
                width: Math.min(implicitWidth, parent.width - 2 * row.margin)
                spacing: 0

                Icon {
                    name: "alert"
                    size: 16
                    color: Theme.danger
                    Layout.rightMargin: Theme.space1
                }
                AppText {
                    text: row.errorText.length > 0 ? qsTr("Not sent: %1").arg(row.errorText) : qsTr("Not sent")
                    font.pixelSize: Theme.caption
                    color: Theme.danger
                    horizontalAlignment: Text.AlignLeft
                    maximumLineCount: 2
                    wrapMode: Text.Wrap
                    Layout.fillWidth: true
                }
                AppButton {
                    objectName: "retryButton"
                    kind: AppButton.Quiet
                    implicitHeight: Theme.touch ? 44 : 30
                    implicitWidth: implicitContentWidth + 16
                    leftPadding: 8
                    textSize: Theme.small
                    text: qsTr("Retry")
                    onClicked: row.retryRequested()
                }
                AppButton {
                    objectName: "discardButton"
                    kind: AppButton.Quiet
                    implicitHeight: Theme.touch ? 44 : 30
                    implicitWidth: implicitContentWidth + 16
                    leftPadding: 8
                    textSize: Theme.small
                    text: qsTr("Discard")
                    onClicked: row.discardRequested()
                }
            }
        }
    }
}
