// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import Confab.App.Shell
import Confab.App.Theme

/// The app's window over a mock session: what it remembers and what its title says.
Item {
    id: root

    width: 100
    height: 100

    Component {
        id: sessionComponent

        MockSession { }
    }
    Component {
        id: settingsComponent

        QtObject {
            property int appearance: 0
            property string lastConversation
        }
    }
    Component {
        id: windowComponent

        AppWindow { }
    }
    TestCase {
        property var session: null
        property var window: null

        name: "Window"
        when: windowShown

        function make(settings, more) {
            session = sessionComponent.createObject(root, more ?? {});
            window = windowComponent.createObject(root, {"session": session, "settings": settings, "width": 1120});
            verify(window !== null);
            return {"session": session, "window": window};
        }

        function cleanup() {
            // The window first: it looks at its session to the end.
            window.destroy();
            wait(0);
            session.destroy();
        }

        function test_appearanceIsRemembered() {
            const settings = createTemporaryObject(settingsComponent, root, {"appearance": 2});
            const app = make(settings);
            verify(Theme.dark);
            findChild(app.window, "mainView").appearanceChosen(1);
            compare(settings.appearance, 1);
            verify(!Theme.dark);
        }

        function test_openConversationIsRemembered() {
            const settings = createTemporaryObject(settingsComponent, root, {"lastConversation": "c-olga"});
            const app = make(settings);
            compare(app.session.currentId, "c-olga");
            compare(app.window.title, "Ольга Гранина – Confab");
            app.session.openConversation("c-yuki");
            compare(settings.lastConversation, "c-yuki");
        }

        function test_anUnknownConversationIsNotOpened() {
            const settings = createTemporaryObject(settingsComponent, root, {"lastConversation": "c-gone"});
            compare(make(settings).session.currentId, "");
        }

        function test_signingOutForgetsNothingOfOthers() {
            const settings = createTemporaryObject(settingsComponent, root, {"lastConversation": "c-olga"});
            const app = make(settings);
            app.session.phase = "signedOut";
            app.session.openConversation("");
            compare(settings.lastConversation, "c-olga");
            verify(findChild(app.window, "signInPage") !== null);
        }

        function test_aProfileThatCannotBeOpenedSaysWhy() {
            const settings = createTemporaryObject(settingsComponent, root);
            const app = make(settings, {"phase": "failed", "stateReason": "It is of a newer version."});
            compare(findChild(app.window, "failure").message, "It is of a newer version.");
        }

        function test_secondStartBringsItToTheFront() {
            const app = make(createTemporaryObject(settingsComponent, root));
            verify(!app.window.visible);
            app.window.comeToFront();
            tryVerify(() => app.window.visible);
        }
    }
}
