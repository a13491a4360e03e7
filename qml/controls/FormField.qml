// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Theme

/// A labelled line of input with room for what is wrong with it.
ColumnLayout {
    id: form

    property string label
    property string hint
    property string error
    property bool secret: false
    property bool revealed: false
    property alias text: input.text
    property alias placeholder: input.placeholderText
    property alias input: input
    property alias inputMethodHints: input.inputMethodHints

    signal accepted

    spacing: 6

    AppText {
        text: form.label
        font.pixelSize: Theme.small
        font.weight: Font.Medium
        color: Theme.textSecondary
        horizontalAlignment: Text.AlignLeft
        Layout.fillWidth: true
        Accessible.ignored: true
    }
    AppTextField {
        id: input

        Layout.fillWidth: true
        invalid: form.error.length > 0
        echoMode: form.secret && !form.revealed ? TextInput.Password : TextInput.Normal
        endSpace: form.secret ? Theme.controlHeight : 0
        Accessible.name: form.label
        Accessible.description: form.error.length > 0 ? form.error : form.hint
        onAccepted: form.accepted()

        IconButton {
            anchors.right: parent.right
            anchors.rightMargin: 2
            anchors.verticalCenter: parent.verticalCenter
            visible: form.secret
            focusPolicy: Qt.TabFocus
            iconName: form.revealed ? "eyeoff" : "eye"
            iconSize: 18
            text: form.revealed ? qsTr("Hide password") : qsTr("Show password")
            onClicked: form.revealed = !form.revealed
        }
    }
    AppText {
        objectName: "fieldNote"
        text: form.error.length > 0 ? form.error : form.hint
        visible: text.length > 0
        font.pixelSize: Theme.caption
        color: form.error.length > 0 ? Theme.danger : Theme.textTertiary
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignLeft
        Layout.fillWidth: true
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text
    }
}
