// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Window
import Confab.App.Theme

/// The app's window. `settings` remembers appearance and the open conversation.
Window {
    id: window

    required property var session
    required property var settings
    property string serverAddress

    function comeToFront() {
        if (visibility === Window.Minimized || visibility === Window.Hidden)
            showNormal();
        raise();
        requestActivate();
    }

    width: 1120
    height: 760
    minimumWidth: 320
    minimumHeight: 400
    visible: false
    color: Theme.canvas
    title: session.current.title ? qsTr("%1 – Confab").arg(session.current.title) : qsTr("Confab")

    Binding {
        target: Theme.scheme
        property: "mode"
        value: window.settings.appearance
    }
    Connections {
        target: window.session
        function onCurrentIdChanged() {
            // Closing for the way out must not forget what was open.
            if (window.session.phase === "signedIn")
                window.settings.lastConversation = window.session.currentId;
        }
        function onConversationsLoadedChanged() {
            window.reopen();
        }
    }

    function reopen() {
        const last = window.settings.lastConversation;
        if (window.session.conversationsLoaded && window.session.phase === "signedIn" && window.session.currentId.length === 0
                && last.length > 0 && window.width >= 720 && window.session.knows(last))
            window.session.openConversation(last);
    }

    Component.onCompleted: reopen()

    AppShell {
        anchors.fill: parent
        focus: true
        session: window.session
        serverAddress: window.serverAddress.length > 0 ? window.serverAddress : "http://localhost:8484"
        onAppearanceChosen: mode => window.settings.appearance = mode
    }
}
