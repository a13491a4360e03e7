// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Theme

/// What an area says when it has nothing to show yet, and what to do about it.
Item {
    id: empty

    property string iconName: "chat"
    property string title
    property string message
    property string actionText

    signal action

    implicitHeight: column.implicitHeight

    ColumnLayout {
        id: column

        anchors.centerIn: parent
        width: Math.min(parent.width - 2 * Theme.space6, 320)
        spacing: Theme.space2

        Rectangle {
            Layout.alignment: Qt.AlignHCenter
            Layout.bottomMargin: Theme.space2
            implicitWidth: 72
            implicitHeight: 72
            radius: 36
            color: Theme.accentSoft

            Icon {
                anchors.centerIn: parent
                name: empty.iconName
                size: 32
                color: Theme.accentText
            }
        }
        AppText {
            text: empty.title
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            Layout.fillWidth: true
        }
        AppText {
            text: empty.message
            color: Theme.textSecondary
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            lineHeight: Theme.lineHeight
            visible: text.length > 0
            Layout.fillWidth: true
        }
        AppButton {
            objectName: "emptyAction"
            Layout.alignment: Qt.AlignHCenter
            Layout.topMargin: Theme.space3
            visible: empty.actionText.length > 0
            kind: AppButton.Primary
            text: empty.actionText
            onClicked: empty.action()
        }
    }
}
