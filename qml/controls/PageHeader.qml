// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Theme

/// The bar on top of a page: a way back, a title, and buttons at the end.
Rectangle {
    id: header

    property string title
    property bool canGoBack: true
    property bool closes: false
    default property alias content: slot.data
    property alias actions: buttons.data

    signal back

    implicitHeight: Theme.headerHeight
    color: "transparent"

    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: header.canGoBack ? Theme.space2 : Theme.space4
        anchors.rightMargin: Theme.space2
        spacing: Theme.space2

        IconButton {
            objectName: "backButton"
            visible: header.canGoBack
            iconName: header.closes ? "close" : "back"
            directional: !header.closes
            iconSize: 22
            text: header.closes ? qsTr("Close") : qsTr("Back")
            onClicked: header.back()
        }
        AppText {
            text: header.title
            visible: text.length > 0
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            horizontalAlignment: Text.AlignLeft
            Layout.fillWidth: true
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        Item {
            id: slot

            visible: children.length > 0
            Layout.fillWidth: true
            Layout.fillHeight: true
        }
        RowLayout {
            id: buttons

            spacing: Theme.space1
        }
    }
    Divider {
        anchors.bottom: parent.bottom
        width: parent.width
    }
}
