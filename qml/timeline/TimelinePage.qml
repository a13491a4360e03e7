// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Confab.App.Controls
import Confab.App.Presence
import Confab.App.Theme

/// One conversation: who it is with, its messages, and the composer.
FocusScope {
    id: page

    required property var session
    property bool canGoBack: false

    readonly property string title: session.current.title ?? ""
    readonly property string avatarSeed: session.current.avatarSeed ?? ""
    readonly property string subtitle: session.current.subtitle ?? ""
    readonly property bool direct: session.current.kind === "direct"

    readonly property bool self: session.current.isSelf ?? false

    readonly property bool composerFocused: composer.activeFocus
    readonly property bool timelineFocused: timeline.activeFocus

    signal back
    signal detailsRequested

    function focusComposer() {
        composer.forceActiveFocus(Qt.OtherFocusReason);
    }

    function focusTimeline() {
        timeline.forceActiveFocus(Qt.TabFocusReason);
    }

    Accessible.role: Accessible.Pane
    Accessible.name: page.title

    PersonWatch {
        id: watch

        session: page.session
        userId: page.direct && !page.self ? page.session.current.otherUserId ?? "" : ""
    }
    Rectangle {
        anchors.fill: parent
        color: Theme.canvas
    }
    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        PageHeader {
            canGoBack: page.canGoBack
            Layout.fillWidth: true
            onBack: page.back()

            T.Button {
                id: who

                objectName: "detailsButton"
                anchors.fill: parent
                anchors.topMargin: 6
                anchors.bottomMargin: 6
                hoverEnabled: true
                focusPolicy: Qt.StrongFocus
                Accessible.name: qsTr("Details of %1").arg(page.title)
                Accessible.description: presenceLine.text
                Keys.onReturnPressed: click()
                onClicked: page.detailsRequested()

                background: Rectangle {
                    width: Math.min(parent.width, names.implicitWidth + 68)
                    radius: Theme.radius
                    color: who.down ? Theme.pressed : who.hovered ? Theme.hover : "transparent"

                    FocusRing { control: who }
                }
                contentItem: RowLayout {
                    spacing: Theme.space3

                    Avatar {
                        size: 36
                        seed: page.avatarSeed
                        name: page.title
                        presence: watch.state
                        Layout.leftMargin: 4
                    }
                    ColumnLayout {
                        id: names

                        spacing: 0
                        Layout.fillWidth: true

                        NameText {
                            objectName: "timelineTitle"
                            source: page.title
                            font.pixelSize: Theme.subtitle
                            font.weight: Font.DemiBold
                            horizontalAlignment: Text.AlignLeft
                            Layout.fillWidth: true
                        }
                        PresenceLine {
                            id: presenceLine

                            objectName: "presenceLine"
                            person: watch
                            fallback: page.subtitle
                            visible: text.length > 0
                            Layout.fillWidth: true
                        }
                    }
                }
            }
            actions: IconButton {
                iconName: "info"
                text: qsTr("Details")
                onClicked: page.detailsRequested()
            }
        }
        TimelineView {
            id: timeline

            session: page.session
            showPeople: !page.direct
            Layout.fillWidth: true
            Layout.fillHeight: true
            onEditRequested: (key, text) => composer.beginEdit(key, text)
        }
        TypingLine {
            objectName: "typingLine"
            names: page.session.typingNames
            Layout.fillWidth: true
            Layout.leftMargin: (Theme.touch ? Theme.space2 : Theme.space5) + Theme.space4
            Layout.rightMargin: Layout.leftMargin
        }
        Composer {
            id: composer

            objectName: "composer"
            focus: true
            session: page.session
            conversationId: page.session.currentId
            Layout.fillWidth: true
        }
    }
}
