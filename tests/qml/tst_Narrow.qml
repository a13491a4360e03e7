// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Window
import QtTest
import Confab.App.Theme

/// The app on a phone: one page at a time, with a way back.
Item {
    width: 390
    height: 844

    AppCase {
        name: "Narrow"
        appWidth: 390
        appHeight: 844

        function test_onePageAtATime() {
            verify(item("conversationListPage").visible);
            verify(!item("timelinePage").visible);
            mouseClick(row("conversationList", 0));
            tryVerify(() => item("timelinePage").visible);
            verify(!item("conversationListPage").visible);
            press("backButton");
            tryVerify(() => item("conversationListPage").visible);
        }

        function test_backGoesThroughDetails() {
            mouseClick(row("conversationList", 0));
            press("detailsButton");
            tryVerify(() => findChild(shell, "detailsPage") !== null);
            keyClick(Qt.Key_Escape);
            tryVerify(() => item("timelinePage").visible);
            keyClick(Qt.Key_Escape);
            tryVerify(() => item("conversationListPage").visible);
        }

        function test_theStatusSheetFitsTheSmallestWindow() {
            const window = shell.Window.window;
            const before = Qt.size(window.width, window.height);
            window.width = 320;
            window.height = 400;
            tryVerify(() => window.width === 320 && window.height === 400);
            session.ownPresence = {"statusText": "Commuting", "statusExpiresAt": new Date(), "lastSeenHidden": false};
            const sheet = item("statusSheet");
            sheet.open();
            tryVerify(() => sheet.opened);
            settle();
            for (const name of ["statusField", "statusClear", "statusSave", "statusCancel"]) {
                const control = item(name);
                const corner = control.mapToItem(null, control.width, control.height);
                verify(control.mapToItem(null, 0, 0).y >= 0 && corner.y <= 400 && corner.x <= 320, name + " reaches " + corner);
            }
            verify(item("presets").itemAt(3).width <= 320);
            sheet.close();
            window.width = before.width;
            window.height = before.height;
            tryVerify(() => window.width === before.width && window.height === before.height);
        }

        function test_targetsAreLargeEnoughForAFinger() {
            verify(Theme.touch);
            verify(item("newButton").height >= 44 && item("newButton").width >= 44);
            verify(item("settingsButton").height >= 44);
            verify(row("conversationList", 0).height >= 44);
            mouseClick(row("conversationList", 1));
            tryVerify(() => item("sendButton").visible);
            verify(item("sendButton").height >= 44);
            const retry = findChild(row("timeline", 1), "retryButton");
            verify(retry.height >= 44);
        }
    }
}
