// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Controls
import Confab.App.Text
import Confab.App.Theme

/// One message's text with its time and, for own ones, how far it has come.
Item {
    id: bubble

    property string text
    property string senderId
    property string senderName
    property bool isOwn: false
    property bool edited: false
    property bool deleted: false
    property string delivery: "Received"
    property string time
    property bool firstOfGroup: true
    property bool lastOfGroup: true
    property bool showSender: false
    property real maximumWidth: 400
    property bool expanded: false

    readonly property bool lengthy: !deleted && DisplayText.isLong(text)
    readonly property bool large: !deleted && DisplayText.isEmojiOnly(text)
    readonly property bool filled: isOwn && !deleted && !large
    readonly property color ink: deleted ? Theme.textTertiary : filled ? Theme.accentInk : Theme.text
    readonly property color softInk: filled ? Theme.accentInkSoft : Theme.textTertiary
    readonly property int pad: large ? 0 : Theme.space3
    readonly property bool mirroredText: body.effectiveHorizontalAlignment === Text.AlignRight
    readonly property string stateIcon: {
        switch (delivery) {
        case "Pending": return "clock";
        case "Sent": return "check";
        case "Delivered":
        case "Read": return "checkdouble";
        case "Failed": return "alert";
        default: return "";
        }
    }
    readonly property string stateText: {
        switch (delivery) {
        case "Pending": return qsTr("Waiting to be sent");
        case "Sent": return qsTr("Sent");
        case "Delivered": return qsTr("Delivered");
        case "Read": return qsTr("Read");
        case "Failed": return qsTr("Not sent");
        default: return "";
        }
    }

    implicitWidth: Math.min(maximumWidth, Math.max(body.usedWidth, sender.visible ? sender.implicitWidth : 0,
                                                   large ? meta.implicitWidth : 0) + 2 * pad)
    implicitHeight: column.implicitHeight + (large ? meta.height + 4 : 0) + 2 * (large ? 0 : 8)

    Rectangle {
        id: back

        anchors.fill: parent
        visible: !bubble.large
        radius: Theme.radiusBubble
        color: bubble.deleted ? "transparent" : bubble.isOwn ? Theme.bubbleOwn : Theme.bubble
        border.width: bubble.deleted ? 1 : 0
        border.color: Theme.border

        // Corners that meet a neighbour of the same group are nearly square.
        Rectangle {
            visible: !bubble.firstOfGroup && !bubble.deleted
            x: bubble.isOwn !== bubble.LayoutMirroring.enabled ? parent.width - width : 0
            width: Theme.radiusBubble
            height: Theme.radiusBubble + 6
            radius: 5
            color: back.color
        }
        Rectangle {
            visible: !bubble.lastOfGroup && !bubble.deleted
            x: bubble.isOwn !== bubble.LayoutMirroring.enabled ? parent.width - width : 0
            y: parent.height - height
            width: Theme.radiusBubble
            height: Theme.radiusBubble + 6
            radius: 5
            color: back.color
        }
    }
    Column {
        id: column

        x: bubble.pad
        y: bubble.large ? 0 : 8
        width: bubble.width - 2 * bubble.pad
        spacing: 2

        NameText {
            id: sender

            visible: bubble.showSender
            width: Math.min(implicitWidth, parent.width)
            source: bubble.senderName
            font.pixelSize: Theme.small
            font.weight: Font.DemiBold
            color: PersonColor.ink(bubble.senderId, Theme.dark)
        }
        UserText {
            id: body

            objectName: "messageText"
            // What of it the lines use. Rich text reports its box as its content.
            readonly property real usedWidth: Math.ceil(textFormat === Text.RichText ? Math.min(implicitWidth, width)
                                                                                     : contentWidth)

            // Laid out at the greatest width; the bubble then takes the width that was used.
            x: bubble.mirroredText ? column.width - width : 0
            width: bubble.maximumWidth - 2 * bubble.pad
            source: bubble.deleted ? qsTr("Message deleted")
                    : bubble.lengthy && !bubble.expanded ? DisplayText.excerpt(bubble.text) : bubble.text
            tailWidth: bubble.large || bubble.lengthy ? 0 : meta.implicitWidth + Theme.space2
            color: bubble.ink
            font.italic: bubble.deleted
            font.pixelSize: bubble.large ? 40 : Theme.touch ? 16 : 14
            lineHeight: bubble.large ? 1.1 : Theme.lineHeight
        }
        AppText {
            objectName: "showMore"
            visible: bubble.lengthy
            height: Theme.touch ? 44 : 28
            text: bubble.expanded ? qsTr("Show less") : qsTr("Show more")
            font.weight: Font.Medium
            font.underline: moreArea.containsMouse || activeFocus
            color: bubble.filled ? Theme.accentInk : Theme.accentText
            activeFocusOnTab: true
            Accessible.role: Accessible.Button
            Accessible.name: text
            Accessible.onPressAction: bubble.expanded = !bubble.expanded
            Keys.onReturnPressed: bubble.expanded = !bubble.expanded
            Keys.onSpacePressed: bubble.expanded = !bubble.expanded

            MouseArea {
                id: moreArea

                anchors.fill: parent
                hoverEnabled: true
                cursorShape: Qt.PointingHandCursor
                onClicked: bubble.expanded = !bubble.expanded
            }
        }
    }
    Row {
        id: meta

        x: bubble.mirroredText && !bubble.large ? bubble.pad : bubble.width - width - bubble.pad
        y: bubble.height - height - (bubble.large ? 0 : 7)
        spacing: 3

        AppText {
            visible: bubble.edited && !bubble.deleted
            text: qsTr("edited")
            font.pixelSize: 11
            color: bubble.softInk
        }
        AppText {
            text: bubble.time
            font.pixelSize: 11
            color: bubble.softInk
        }
        Icon {
            objectName: "stateIcon"
            visible: bubble.isOwn && !bubble.deleted && name.length > 0
            name: bubble.stateIcon
            size: 15
            color: bubble.delivery === "Failed" ? (bubble.filled ? "#ffd0d0" : Theme.danger)
                   : bubble.delivery === "Read" && bubble.large ? Theme.accentText
                   : bubble.delivery === "Read" ? Theme.accentInk : bubble.softInk
            Accessible.role: Accessible.Graphic
            Accessible.name: bubble.stateText
        }
    }
}
