// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// One line of input. `invalid` colours the frame; the words stand in FormField.
T.TextField {
    id: field

    property bool invalid: false
    property string iconName
    /// Room kept free at the end, for a button laid over the field.
    property int endSpace: 0

    implicitWidth: 240
    implicitHeight: Theme.touch ? 48 : 40
    leftPadding: (iconName.length > 0 && !LayoutMirroring.enabled ? 36 : Theme.space3)
                 + (LayoutMirroring.enabled ? endSpace : 0)
    rightPadding: (iconName.length > 0 && LayoutMirroring.enabled ? 36 : Theme.space3)
                  + (LayoutMirroring.enabled ? 0 : endSpace)
    font: Theme.fonts.of(Theme.touch ? 16 : 14)
    color: Theme.text
    selectionColor: Theme.accent
    selectedTextColor: Theme.accentInk
    placeholderTextColor: Theme.textTertiary
    verticalAlignment: TextInput.AlignVCenter
    selectByMouse: true
    opacity: enabled ? 1 : 0.6
    Accessible.name: placeholderText

    background: Rectangle {
        radius: Theme.radius
        color: Theme.field
        border.width: field.activeFocus || field.invalid ? 2 : 1
        border.color: field.invalid ? Theme.danger : field.activeFocus ? Theme.accent
                      : field.hovered ? Theme.textTertiary : Theme.borderStrong

        Behavior on border.color { ColorAnimation { duration: Theme.fast } }
    }

    Icon {
        anchors.left: parent.left
        anchors.leftMargin: 10
        anchors.verticalCenter: parent.verticalCenter
        name: field.iconName
        size: 18
        color: Theme.textTertiary
        visible: field.iconName.length > 0
    }
    AppText {
        anchors.fill: parent
        anchors.leftMargin: field.leftPadding
        anchors.rightMargin: field.rightPadding
        text: field.placeholderText
        font: field.font
        color: field.placeholderTextColor
        visible: field.length === 0 && field.preeditText.length === 0
        horizontalAlignment: Text.AlignLeft
        Accessible.ignored: true
    }
}
