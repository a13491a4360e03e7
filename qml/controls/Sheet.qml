// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Confab.App.Theme

/// A dialog: in the middle of a wide window, at the bottom edge of a narrow one. Esc and the scrim close it.
T.Popup {
    id: sheet

    property string title
    property string message
    default property alias content: body.data
    property alias actions: buttons.data

    readonly property bool bottom: parent ? parent.width < 560 : false

    parent: T.Overlay.overlay
    modal: true
    focus: true
    width: parent ? (bottom ? parent.width : Math.min(420, parent.width - 2 * Theme.space6)) : 420
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? (bottom ? parent.height - height : Math.round((parent.height - height) * 0.42)) : 0
    height: Math.min(implicitHeight, parent ? parent.height - Theme.space6 : implicitHeight)
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: Theme.space5
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside

    T.Overlay.modal: Rectangle {
        color: Theme.scrim

        Behavior on opacity { NumberAnimation { duration: Theme.normal } }
    }

    enter: Transition {
        NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.normal; easing.type: Easing.OutCubic }
    }
    exit: Transition {
        NumberAnimation { property: "opacity"; from: 1; to: 0; duration: Theme.fast }
    }

    background: Rectangle {
        radius: Theme.radiusLarge
        color: Theme.raised
        border.width: 1
        border.color: Theme.border

        SoftShadow { }
    }

    contentItem: ColumnLayout {
        LayoutMirroring.enabled: Theme.mirrored
        LayoutMirroring.childrenInherit: true
        spacing: Theme.space3
        Accessible.role: Accessible.Dialog
        Accessible.name: sheet.title
        Accessible.description: sheet.message

        AppText {
            text: sheet.title
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            visible: text.length > 0
            horizontalAlignment: Text.AlignLeft
            Layout.fillWidth: true
            wrapMode: Text.Wrap
        }
        AppText {
            text: sheet.message
            color: Theme.textSecondary
            visible: text.length > 0
            horizontalAlignment: Text.AlignLeft
            wrapMode: Text.Wrap
            lineHeight: Theme.lineHeight
            Layout.fillWidth: true
        }
        ColumnLayout {
            id: body

            spacing: Theme.space3
            visible: children.length > 0
            Layout.fillWidth: true
        }
        RowLayout {
            id: buttons

            spacing: Theme.space2
            Layout.alignment: Qt.AlignRight
            Layout.topMargin: Theme.space2
        }
    }
}
