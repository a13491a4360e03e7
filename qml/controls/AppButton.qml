// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// The app's button. `kind` says how much it asks for attention; `busy` keeps its width and shows a spinner.
T.Button {
    id: button

    enum Kind { Primary, Secondary, Quiet, Danger }

    property int kind: AppButton.Secondary
    property bool busy: false
    property string iconName
    property int textSize: Theme.touch ? 16 : 14

    readonly property bool filled: kind === AppButton.Primary || kind === AppButton.Danger
    readonly property color ink: filled ? Theme.accentInk : kind === AppButton.Quiet ? Theme.accentText : Theme.text
    readonly property color fill: {
        switch (kind) {
        case AppButton.Primary:
            return down ? Theme.accentPressed : hovered ? Theme.accentHover : Theme.accent;
        case AppButton.Danger:
            return down ? Qt.darker(Theme.dangerFill, 1.15) : hovered ? Qt.darker(Theme.dangerFill, 1.07) : Theme.dangerFill;
        case AppButton.Quiet:
            return down ? Theme.pressed : hovered ? Theme.hover : "transparent";
        default:
            return down ? Theme.pressed : hovered ? Theme.hover : Theme.field;
        }
    }

    implicitWidth: Math.max(72, implicitContentWidth + leftPadding + rightPadding)
    implicitHeight: Theme.controlHeight
    leftPadding: kind === AppButton.Quiet ? Theme.space3 : Theme.space4
    rightPadding: leftPadding
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    opacity: enabled || busy ? 1 : 0.45
    Accessible.name: text
    Keys.onReturnPressed: button.clicked()
    Keys.onEnterPressed: button.clicked()

    background: Rectangle {
        radius: Theme.radius
        color: button.fill
        border.width: button.kind === AppButton.Secondary ? 1 : 0
        border.color: Theme.borderStrong

        Behavior on color { ColorAnimation { duration: Theme.fast } }

        FocusRing { control: button }
    }

    contentItem: Item {
        implicitWidth: row.implicitWidth
        implicitHeight: row.implicitHeight

        Row {
            id: row

            anchors.centerIn: parent
            spacing: Theme.space2
            opacity: button.busy ? 0 : 1

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                visible: button.iconName.length > 0
                name: button.iconName
                color: button.ink
                size: 18
            }
            AppText {
                anchors.verticalCenter: parent.verticalCenter
                text: button.text
                font.pixelSize: button.textSize
                font.weight: Font.Medium
                color: button.ink
            }
        }
        Spinner {
            anchors.centerIn: parent
            running: button.busy
            color: button.ink
            size: 18
        }
    }
}
