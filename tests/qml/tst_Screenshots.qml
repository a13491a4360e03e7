// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import Confab.App.Shell
import Confab.App.TestKit
import Confab.App.Theme

/// Every page at a laptop's and a phone's size, light and dark, as pictures in build/<preset>/screenshots.
Item {
    id: root

    width: 1280
    height: 800

    ScreenProbe { id: probe }
    Component {
        id: sessionComponent

        MockSession { }
    }
    Component {
        id: shellComponent

        AppShell { }
    }
    TestCase {
        id: test

        name: "Screenshots"
        when: windowShown

        function initTestCase() {
            Theme.still = true;
        }
        function cleanupTestCase() {
            Theme.still = false;
        }

        function init_data() {
            const rows = [];
            for (const size of ["wide", "narrow"]) {
                for (const look of ["light", "dark"])
                    rows.push({"tag": size + "-" + look, "size": size, "look": look});
            }
            return rows;
        }

        /// Shows the app in one state and saves it.
        function shoot(data, name, prepare, signedIn) {
            const wide = data.size === "wide";
            // The window keeps its size; a phone's page stands in a phone-sized window of its own.
            root.width = wide ? 1280 : 390;
            root.height = wide ? 800 : 844;
            const window = root.Window.window;
            window.width = root.width;
            window.height = root.height;
            Theme.scheme.mode = data.look === "dark" ? 2 : 1;
            const session = createTemporaryObject(sessionComponent, root, {"phase": signedIn === false ? "signedOut" : "signedIn"});
            const shell = createTemporaryObject(shellComponent, root, {"session": session, "width": Qt.binding(() => root.width), "height": Qt.binding(() => root.height)});
            verify(shell !== null);
            tryVerify(() => window.width === root.width && window.height === root.height);
            const view = findChild(shell, "mainView");
            prepare(session, view, shell);
            waitForRendering(shell);
            const colours = probe.save(shell, name + "-" + (wide ? "1280x800" : "390x844") + "-" + data.look);
            verify(colours > 60, name + " is blank: " + colours + " colours");
            shell.destroy();
            session.destroy();
        }

        function test_signIn(data) {
            shoot(data, "sign-in", () => {}, false);
        }
        function test_signUp(data) {
            shoot(data, "sign-up", (session, view, shell) => {
                const page = findChild(shell, "signInPage");
                page.registering = true;
                findChild(shell, "handleField").text = "ada";
                findChild(shell, "displayNameField").text = "Ada Lovelace";
                findChild(shell, "passwordField").text = "correct horse";
                page.submit();
                session.lastAction.fail("handle", "This handle is taken.");
            }, false);
        }
        function test_conversations(data) {
            shoot(data, "conversations", () => {});
        }
        function test_conversationsEmpty(data) {
            shoot(data, "conversations-empty", session => session.conversations.clear());
        }
        function test_group(data) {
            shoot(data, "chat-group", (session, view) => view.open("c-lake"));
        }
        function test_readers(data) {
            shoot(data, "readers", (session, view) => {
                view.open("c-lake");
                session.showReaders(1);
                const sheet = findChild(view, "readersSheet");
                sheet.open();
                tryVerify(() => sheet.opened);
            });
        }
        function test_typing(data) {
            shoot(data, "chat-typing", (session, view) => {
                session.conversations.setProperty(0, "typingCount", 2);
                session.conversations.setProperty(1, "typingCount", 1);
                view.open("c-lake");
                session.typingNames = ["Grace Hopper", "ليلى حداد"];
            });
        }
        function fillPresence(session) {
            session.presences = {
                "u-grace": {"state": "online", "statusText": "In a meeting"}, "u-yuki": {"state": "away"},
                "u-layla": {"state": "online", "statusText": "في إجازة"}, "u-gran": {"state": "offline", "lastSeenAt": session.ago(0, 5)},
                "u-olga": {"state": "away", "statusText": "Out sick"}, "u-graham": {"state": "online"}
            };
            session.ownPresence = {"statusText": "Commuting 🚲", "statusExpiresAt": session.ago(0, -25), "lastSeenHidden": false};
        }
        function test_presence(data) {
            shoot(data, "presence", (session, view) => {
                fillPresence(session);
                if (data.size === "wide")
                    view.open("c-grace");
            });
        }
        function test_presenceInHeader(data) {
            shoot(data, "presence-header", (session, view) => {
                fillPresence(session);
                view.open("c-gran");
            });
        }
        function test_presenceOfMembers(data) {
            shoot(data, "presence-members", (session, view) => {
                fillPresence(session);
                view.open("c-lake");
                view.route = "details";
            });
        }
        function test_presenceInSearch(data) {
            shoot(data, "presence-search", (session, view) => {
                fillPresence(session);
                view.route = "new";
                findChild(view, "peopleField").text = "gra";
            });
        }
        function openStatusSheet(view) {
            const sheet = findChild(view, "statusSheet");
            sheet.open();
            tryVerify(() => sheet.opened);
            return sheet;
        }
        function test_status(data) {
            shoot(data, "status", (session, view) => {
                const sheet = openStatusSheet(view);
                sheet.choose(sheet.presets[0]);
            });
        }
        function test_statusChanged(data) {
            shoot(data, "status-change", (session, view) => {
                fillPresence(session);
                session.statusLength = 20;
                openStatusSheet(view);
            });
        }
        function test_presenceRightToLeft(data) {
            shoot(data, "presence-right-to-left", (session, view, shell) => {
                shell.LayoutMirroring.enabled = true;
                fillPresence(session);
                if (data.size === "wide")
                    view.open("c-layla");
            });
        }
        function test_statusRightToLeft(data) {
            shoot(data, "status-right-to-left", (session, view, shell) => {
                shell.LayoutMirroring.enabled = true;
                fillPresence(session);
                openStatusSheet(view);
            });
        }
        function test_direct(data) {
            shoot(data, "chat-direct", (session, view) => view.open("c-grace"));
        }
        function test_editing(data) {
            shoot(data, "chat-editing", (session, view) => {
                view.open("c-grace");
                findChild(view, "composer").beginEdit("x", "Any time. Dinner is on you though");
            });
        }
        function test_emptyChat(data) {
            shoot(data, "chat-empty", (session, view) => {
                session.conversation("c-empty", "Graham Okafor", "direct", "u-graham", "", "", new Date());
                view.open("c-empty");
            });
        }
        function test_offline(data) {
            shoot(data, "offline", (session, view) => {
                session.connection = "offline";
                view.open("c-lake");
            });
        }
        function test_newConversation(data) {
            shoot(data, "new-conversation", (session, view) => {
                view.open("c-lake");
                view.route = "new";
                findChild(view, "peopleField").text = "gra";
            });
        }
        function test_newGroup(data) {
            shoot(data, "new-group", (session, view) => {
                view.route = "new";
                findChild(view, "newConversationPage").group = true;
                findChild(view, "groupTitleField").text = "Weekend plans";
                findChild(view, "peopleField").text = "gra";
                const picker = findChild(view, "picker");
                picker.toggle(session.directory[0]);
                picker.toggle(session.directory[1]);
                picker.toggle(session.directory[2]);
            });
        }
        function test_details(data) {
            shoot(data, "details", (session, view) => {
                view.open("c-lake");
                view.route = "details";
            });
        }
        function test_rename(data) {
            shoot(data, "rename", (session, view) => {
                view.open("c-lake");
                view.route = "details";
                const sheet = findChild(view, "renameSheet");
                sheet.open();
                tryVerify(() => sheet.opened);
            });
        }
        function test_settings(data) {
            shoot(data, "settings", (session, view) => view.route = "settings");
        }
        function test_changePassword(data) {
            shoot(data, "settings-password", (session, view, shell) => {
                view.route = "settings";
                const card = findChild(view, "passwordCard");
                findChild(card, "currentPasswordField").text = "correct horse";
                findChild(card, "newPasswordField").text = "battery staple";
                card.submit();
                session.lastAction.fail("currentPassword", "The password is wrong.");
                const flick = findChild(view, "settingsFlick");
                waitForRendering(shell);
                flick.contentY = Math.max(0, flick.contentHeight - flick.height);
            });
        }
        function test_deleteAccount(data) {
            shoot(data, "settings-delete-account", (session, view) => {
                view.route = "settings";
                const sheet = findChild(view, "deleteAccountSheet");
                sheet.open();
                tryVerify(() => sheet.opened);
            });
        }
        function test_rightToLeft(data) {
            shoot(data, "right-to-left", (session, view, shell) => {
                shell.LayoutMirroring.enabled = true;
                view.open("c-layla");
            });
        }
    }
}
