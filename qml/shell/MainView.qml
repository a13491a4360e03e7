// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Conversations
import Confab.App.Settings
import Confab.App.Theme
import Confab.App.Timeline

/// The signed-in app: list and timeline side by side on wide windows, one page at a time on narrow ones.
FocusScope {
    id: view

    required property var session
    /// "list", "chat", "new", "details" or "settings". On wide windows the list is always there.
    property string route: session.currentId.length > 0 && !narrow ? "chat" : "list"

    readonly property bool narrow: width < 720
    readonly property bool overlaid: route === "new" || route === "details" || route === "settings"

    signal appearanceChosen(int mode)

    function open(conversationId) {
        session.openConversation(conversationId);
        route = "chat";
        if (!Theme.touch)
            chat.focusComposer();
    }

    function goBack() {
        if (route === "details")
            route = "chat";
        else if (route !== "list")
            route = narrow || session.currentId.length === 0 ? "list" : "chat";
        if (route === "chat" && !Theme.touch)
            chat.focusComposer();
    }

    /// F6 goes round composer, list and messages.
    function nextArea() {
        if (narrow || overlaid)
            return;
        if (chat.composerFocused)
            conversations.focusList();
        else if (chat.timelineFocused)
            chat.focusComposer();
        else
            chat.focusTimeline();
    }

    function showNew() {
        route = "new";
    }

    Shortcut {
        sequences: ["Ctrl+K", "Ctrl+N"]
        onActivated: view.showNew()
    }
    Shortcut {
        sequences: ["Esc", "Back"]
        enabled: view.overlaid || (view.narrow && view.route === "chat")
        onActivated: view.goBack()
    }
    Shortcut {
        sequence: "Alt+Up"
        onActivated: conversations.step(-1)
    }
    Shortcut {
        sequence: "Alt+Down"
        onActivated: conversations.step(1)
    }
    Shortcut {
        sequence: "Ctrl+,"
        onActivated: view.route = "settings"
    }
    Shortcut {
        sequence: "F6"
        onActivated: view.nextArea()
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        StatusBanner {
            objectName: "statusBanner"
            session: view.session
            Layout.fillWidth: true
        }
        RowLayout {
            spacing: 0
            Layout.fillWidth: true
            Layout.fillHeight: true

            ConversationListPage {
                id: conversations

                objectName: "conversationListPage"
                visible: !view.narrow || view.route === "list"
                session: view.session
                currentId: view.narrow ? "" : view.session.currentId
                Layout.fillHeight: true
                Layout.fillWidth: view.narrow
                Layout.preferredWidth: view.narrow ? -1 : Math.min(Theme.sidebarWidth, view.width * 0.4)
                onOpened: conversationId => view.open(conversationId)
                onSearchRequested: view.showNew()
                onNewRequested: view.showNew()
                onSettingsRequested: view.route = "settings"
            }
            Divider {
                visible: !view.narrow
                Layout.fillHeight: true
            }
            Item {
                id: stage

                visible: !view.narrow || view.route !== "list"
                Layout.fillWidth: true
                Layout.fillHeight: true

                Rectangle {
                    anchors.fill: parent
                    color: Theme.canvas
                }
                EmptyState {
                    objectName: "nothingOpen"
                    anchors.fill: parent
                    visible: view.session.currentId.length === 0 && !view.overlaid
                    iconName: "chat"
                    title: qsTr("Pick up a conversation")
                    message: qsTr("Choose one from the list, or press Ctrl+K to find somebody.")
                }
                TimelinePage {
                    id: chat

                    objectName: "timelinePage"
                    anchors.fill: parent
                    visible: view.session.currentId.length > 0 && !view.overlaid
                    focus: visible
                    session: view.session
                    canGoBack: view.narrow
                    onBack: view.goBack()
                    onDetailsRequested: view.route = "details"
                }
                Loader {
                    id: overlay

                    anchors.fill: parent
                    active: view.overlaid
                    focus: active
                    sourceComponent: view.route === "settings" ? settingsPage
                                     : view.route === "details" ? detailsPage : newPage
                    onLoaded: {
                        const page = overlay.item as Item;
                        if (page !== null)
                            page.forceActiveFocus(Qt.OtherFocusReason);
                        arrival.restart();
                    }

                    ParallelAnimation {
                        id: arrival

                        NumberAnimation {
                            target: overlay
                            property: "opacity"
                            from: 0
                            to: 1
                            duration: Theme.normal
                        }
                        NumberAnimation {
                            target: slide
                            property: "y"
                            from: 10
                            to: 0
                            duration: Theme.slow
                            easing.type: Easing.OutCubic
                        }
                    }
                    transform: Translate { id: slide }
                }
            }
        }
    }

    Component {
        id: newPage

        NewConversationPage {
            objectName: "newConversationPage"
            session: view.session
            onBack: view.goBack()
            onCreated: conversationId => view.open(conversationId)
        }
    }
    Component {
        id: detailsPage

        ConversationDetailsPage {
            objectName: "detailsPage"
            session: view.session
            onBack: view.goBack()
            onDeparted: {
                view.session.openConversation("");
                view.route = "list";
            }
        }
    }
    Component {
        id: settingsPage

        SettingsPage {
            objectName: "settingsPage"
            session: view.session
            onBack: view.goBack()
            onAppearanceChosen: mode => view.appearanceChosen(mode)
        }
    }
}
