// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Theme

/// A line across the top that says what state the app is in, with at most one thing to do about it.
Rectangle {
    id: banner

    enum Tone { Neutral, Warning, Danger }

    property int tone: Banner.Neutral
    property string iconName
    property bool busy: false
    property string text
    property string actionText
    property bool shown: text.length > 0

    signal action

    readonly property color ink: tone === Banner.Danger ? Theme.danger : tone === Banner.Warning ? Theme.warning : Theme.textSecondary

    implicitHeight: shown ? Math.max(36, row.implicitHeight + Theme.space1 * 2) : 0
    clip: true
    color: tone === Banner.Danger ? Theme.dangerSoft : tone === Banner.Warning ? Theme.warningSoft : Theme.sidebar
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text
    Accessible.ignored: !shown

    Behavior on implicitHeight {
        NumberAnimation { duration: Theme.normal; easing.type: Easing.OutCubic }
    }

    RowLayout {
        id: row

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        anchors.leftMargin: Theme.space4
        anchors.rightMargin: Theme.space2
        spacing: Theme.space2

        Spinner {
            running: banner.busy && banner.shown
            size: 16
            color: banner.ink
        }
        Icon {
            visible: !banner.busy && banner.iconName.length > 0
            name: banner.iconName
            size: 18
            color: banner.ink
        }
        AppText {
            text: banner.text
            font.pixelSize: Theme.small
            font.weight: Font.Medium
            color: banner.tone === Banner.Neutral ? Theme.textSecondary : banner.ink
            wrapMode: Text.Wrap
            Layout.fillWidth: true
            Layout.topMargin: Theme.space1
            Layout.bottomMargin: Theme.space1
        }
        AppButton {
            objectName: "bannerAction"
            visible: banner.actionText.length > 0
            kind: AppButton.Quiet
            implicitHeight: Theme.touch ? 44 : 30
            text: banner.actionText
            onClicked: banner.action()
        }
    }
    Divider {
        anchors.bottom: parent.bottom
        width: parent.width
    }
}
