// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.SignIn
import Confab.App.Theme

/// The whole window: signing in, or the signed-in app.
FocusScope {
    id: shell

    required property var session
    property string serverAddress: "http://localhost:8008"

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
    Loader {
        anchors.fill: parent
        focus: true
        sourceComponent: shell.session.signedIn ? mainView : signInPage
    }
    Component {
        id: signInPage

        SignInPage {
            objectName: "signInPage"
            session: shell.session
            serverAddress: shell.serverAddress
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
