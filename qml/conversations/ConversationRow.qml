// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Presence
import Confab.App.Text
import Confab.App.Theme

/// One conversation in the list: who, what was said last and when, what waits to be read or sent.
ListRow {
    id: row

    required property var session
    required property string conversationId
    required property string title
    required property string kind
    required property string avatarSeed
    required property string otherUserId
    required property bool isSelf
    required property string lastMessageText
    required property string lastMessageSender
    required property bool lastMessageOwn
    required property date lastMessageAt
    required property int unreadCount
    required property bool markedUnread
    required property int pendingCount
    required property int failedCount
    required property string draft
    required property int typingCount
    required property string typingName

    readonly property bool unread: unreadCount > 0 || markedUnread
    readonly property bool hasDraft: draft.length > 0 && !selected
    /// Who types now, which stands in the place of what was said last.
    readonly property string typing: typingCount === 0 ? ""
                                     : kind === "direct" ? qsTr("typing…")
                                     : typingCount === 1 ? DisplayText.typing([typingName])
                                     : qsTr("%1 people are typing…").arg(typingCount)
    readonly property string prefix: {
        if (typing.length > 0)
            return "";
        if (hasDraft)
            return qsTr("Draft:");
        if (lastMessageText.length === 0)
            return "";
        if (lastMessageOwn)
            return qsTr("You:");
        if (kind === "direct" || lastMessageSender.length === 0)
            return "";
        return qsTr("%1:").arg(DisplayText.name(lastMessageSender));
    }

    implicitHeight: Theme.touch ? 72 : 64
    text: title
    Accessible.description: (watch.word.length > 0 ? watch.word + ". " : "") + (typing.length > 0 ? typing + " " : "")
                            + (unreadCount > 0 ? qsTr("%n unread message(s)", "", unreadCount) : lastMessageText)

    PersonWatch {
        id: watch

        session: row.session
        userId: row.isSelf ? "" : row.otherUserId
    }

    contentItem: RowLayout {
        spacing: Theme.space3

        Avatar {
            size: Theme.touch ? 48 : 44
            seed: row.avatarSeed
            name: row.title
            presence: watch.state
            surface: row.selected ? Theme.selected : Theme.sidebar
        }
        ColumnLayout {
            spacing: 3
            Layout.fillWidth: true

            RowLayout {
                spacing: Theme.space2

                NameText {
                    source: row.title
                    font.pixelSize: Theme.touch ? 16 : 14
                    font.weight: row.unread ? Font.DemiBold : Font.Medium
                    horizontalAlignment: Text.AlignLeft
                    Layout.fillWidth: true
                }
                Icon {
                    objectName: "pendingMark"
                    visible: row.pendingCount > 0 && row.failedCount === 0
                    name: "clock"
                    size: 14
                    color: Theme.textTertiary
                    Accessible.role: Accessible.Graphic
                    Accessible.name: qsTr("Waiting to be sent")
                }
                AppText {
                    text: Dates.listTime(row.lastMessageAt, Dates.today)
                    font.pixelSize: Theme.caption
                    color: row.unread ? Theme.accentText : Theme.textTertiary
                    elide: Text.ElideNone
                }
            }
            RowLayout {
                spacing: Theme.space1

                AppText {
                    text: row.prefix
                    visible: text.length > 0
                    font.pixelSize: Theme.touch ? 14 : 13
                    color: row.hasDraft ? Theme.danger : Theme.textSecondary
                    Layout.maximumWidth: 110
                }
                AppText {
                    objectName: "preview"
                    text: row.typing.length > 0 ? row.typing : row.hasDraft ? DisplayText.preview(row.draft)
                          : row.lastMessageText.length > 0 ? DisplayText.preview(row.lastMessageText)
                          : qsTr("No messages yet")
                    font.pixelSize: Theme.touch ? 14 : 13
                    color: row.typing.length > 0 ? Theme.accentText : row.unread ? Theme.text : Theme.textSecondary
                    horizontalAlignment: Text.AlignLeft
                    maximumLineCount: 1
                    Layout.fillWidth: true
                }
                Icon {
                    objectName: "failedMark"
                    visible: row.failedCount > 0
                    name: "alert"
                    size: 18
                    color: Theme.danger
                    Layout.leftMargin: Theme.space1
                    Accessible.role: Accessible.Graphic
                    Accessible.name: qsTr("A message was not sent")
                }
                Badge {
                    count: row.unreadCount
                    dot: row.markedUnread
                    Layout.leftMargin: Theme.space1
                }
            }
        }
    }
}
