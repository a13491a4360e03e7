// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as T
import Confab.App.Theme

/// A button that is only an icon. `text` is what screen readers and the tool tip say.
T.Button {
    id: button

    property string iconName
    property int iconSize: 20
    property bool directional: false
    property bool filled: false
    property color ink: filled ? Theme.accentInk : Theme.textSecondary

    implicitWidth: Theme.controlHeight
    implicitHeight: Theme.controlHeight
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    opacity: enabled ? 1 : 0.4
    Accessible.name: text
    Keys.onReturnPressed: button.clicked()
    Keys.onEnterPressed: button.clicked()

    background: Rectangle {
        radius: button.filled ? height / 2 : Theme.radius
        color: {
            if (button.filled)
                return button.down ? Theme.accentPressed : button.hovered ? Theme.accentHover : Theme.accent;
            return button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent";
        }

        Behavior on color { ColorAnimation { duration: Theme.fast } }

        FocusRing {
            control: button
            radius: button.filled ? height / 2 : Theme.radius + 2
        }
    }

    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            name: button.iconName
            size: button.iconSize
            color: button.ink
            directional: button.directional
        }
    }

    AppToolTip {
        visible: button.hovered && !button.down && !Theme.touch
        text: button.text
    }
}
