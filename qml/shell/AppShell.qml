// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Controls
import Confab.App.SignIn
import Confab.App.Theme

/// The whole window: signing in, or the signed-in app.
FocusScope {
    id: shell

    required property var session
    property string serverAddress: "http://localhost:8484"

    signal appearanceChosen(int mode)

    LayoutMirroring.enabled: Qt.locale().textDirection === Qt.RightToLeft
    LayoutMirroring.childrenInherit: true

    Rectangle {
        anchors.fill: parent
        color: Theme.canvas
    }
    Binding {
        target: Theme
        property: "touch"
        value: shell.width < 720
    }
    Binding {
        target: Theme
        property: "mirrored"
        value: shell.LayoutMirroring.enabled
    }
    Loader {
        anchors.fill: parent
        focus: true
        sourceComponent: {
            switch (shell.session.phase) {
            case "signedIn":
                return mainView;
            case "signedOut":
                return signInPage;
            case "failed":
                return failure;
            default:
                return null;
            }
        }
    }
    Component {
        id: signInPage

        SignInPage {
            objectName: "signInPage"
            session: shell.session
            serverAddress: shell.session.serverAddress.length > 0 ? shell.session.serverAddress : shell.serverAddress
            lockedHandle: shell.session.signingInAgain ? shell.session.me.handle : ""
        }
    }
    Component {
        id: failure

        EmptyState {
            objectName: "failure"
            iconName: "alert"
            title: qsTr("Confab cannot open your messages")
            message: shell.session.stateReason
        }
    }
    Component {
        id: mainView

        MainView {
            objectName: "mainView"
            session: shell.session
            onAppearanceChosen: mode => shell.appearanceChosen(mode)
        }
    }
}
