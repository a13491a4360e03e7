// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Theme

/// How far the others are with one message: who read it, whose devices have it, and who is still to get it.
Sheet {
    id: sheet

    /// Rows with userId, displayName and receipt, ordered by it.
    required property var people

    title: qsTr("Who has seen this")
    onOpened: list.forceActiveFocus(Qt.PopupFocusReason)

    ListView {
        id: list

        objectName: "readers"
        clip: true
        model: sheet.people
        boundsBehavior: Flickable.StopAtBounds
        activeFocusOnTab: true
        keyNavigationEnabled: true
        implicitHeight: Math.min(contentHeight, 400)
        Layout.fillWidth: true
        Layout.leftMargin: -Theme.space3
        Layout.rightMargin: -Theme.space3
        Accessible.role: Accessible.List
        Accessible.name: sheet.title

        section.property: "receipt"
        section.delegate: SectionLabel {
            required property string section

            width: ListView.view.width
            text: section === "read" ? qsTr("Read") : section === "delivered" ? qsTr("Delivered") : qsTr("Not delivered yet")
        }
        delegate: Item {
            id: row

            required property string userId
            required property string displayName
            required property string receipt

            width: ListView.view.width
            implicitHeight: Theme.touch ? 56 : 48
            Accessible.role: Accessible.ListItem
            Accessible.name: displayName

            Rectangle {
                anchors.fill: parent
                radius: Theme.radius
                visible: row.ListView.isCurrentItem && list.activeFocus
                color: Theme.hover
            }
            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: Theme.space3
                anchors.rightMargin: Theme.space3
                spacing: Theme.space3

                Avatar {
                    size: 32
                    seed: row.userId
                    name: row.displayName
                }
                NameText {
                    source: row.displayName
                    horizontalAlignment: Text.AlignLeft
                    Layout.fillWidth: true
                }
                Icon {
                    name: row.receipt === "sent" ? "check" : "checkdouble"
                    size: 18
                    color: row.receipt === "read" ? Theme.accentText : Theme.textTertiary
                }
            }
        }
    }

    actions: [
        AppButton {
            objectName: "readersClose"
            text: qsTr("Close")
            onClicked: sheet.close()
        }
    ]
}
