// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import Confab.App.Controls
import Confab.App.Theme

/// Who is there, and the own status, as the pages show them.
Item {
    width: 1280
    height: 800

    AppCase {
        id: test

        name: "Presence"

        function mark(item) {
            return findChild(item, "presenceMark");
        }

        function open(index) {
            mouseClick(row("conversationList", index));
            tryVerify(() => item("timelinePage").visible);
        }

        function openSheet() {
            press("ownStatusRow");
            const sheet = findChild(shell, "statusSheet");
            tryVerify(() => sheet.opened);
            settle();
            return sheet;
        }

        function preset(index) {
            return item("presets").itemAt(index);
        }

        function end(index) {
            return item("ends").itemAt(index);
        }

        function test_theListMarksWhoIsThere() {
            const grace = row("conversationList", 1);
            verify(!mark(grace).shown);
            session.setPresence("u-grace", {"state": "online"});
            verify(mark(grace).shown && mark(grace).visible);
            compare(mark(grace).presence, "online");
            verify(grace.Accessible.description.startsWith("Online. "), grace.Accessible.description);
            session.setPresence("u-grace", {"state": "away"});
            compare(mark(grace).presence, "away");
            verify(grace.Accessible.description.startsWith("Away. "), grace.Accessible.description);
            session.setPresence("u-grace", {"state": "offline", "lastSeenAt": new Date()});
            verify(!mark(grace).visible);
            verify(!grace.Accessible.description.includes("Away"));
            verify(!mark(row("conversationList", 0)).shown); // a group
        }

        function test_marksTellByShapeToo() {
            session.setPresence("u-grace", {"state": "online"});
            session.setPresence("u-yuki", {"state": "away"});
            settle();
            const image = grabImage(shell);
            const middle = (item) => mark(item).mapToItem(shell, mark(item).width / 2, mark(item).height / 2);
            const online = middle(row("conversationList", 1));
            const away = middle(row("conversationList", 2));
            verify(Qt.colorEqual(image.pixel(online.x, online.y), Theme.online));
            verify(Qt.colorEqual(image.pixel(away.x, away.y), Theme.sidebar), "the ring of away is filled");
        }

        function test_theMarkStandsAtTheEndInBothDirections() {
            session.setPresence("u-grace", {"state": "online"});
            settle();
            const ltr = mark(row("conversationList", 1));
            verify(ltr.x > ltr.parent.width / 2);
            shell.LayoutMirroring.enabled = true;
            settle();
            const rtl = mark(row("conversationList", 1));
            verify(rtl.x < rtl.parent.width / 2);
        }

        function test_onlyWhoIsOnTheScreenIsWatched() {
            for (let i = 0; i < 300; ++i)
                session.conversation("c-many-" + i, "Person " + i, "direct", "u-many-" + i, "hello", "", session.ago(20, i));
            settle();
            const count = () => Object.keys(session.watched).filter(id => session.watched[id] > 0).length;
            tryVerify(() => count() > 5);
            verify(count() < 60, count() + " are watched");
            verify(session.watched["u-grace"] > 0);
            const list = item("conversationList");
            list.positionViewAtEnd();
            settle();
            tryVerify(() => session.watched["u-many-299"] > 0);
            tryVerify(() => session.watched["u-grace"] === 0);
            verify(count() < 60, count() + " are watched");
        }

        function test_theHeaderSaysHowSomebodyIsPresent() {
            open(1);
            const line = item("presenceLine");
            compare(line.text, "@grace");
            session.setPresence("u-grace", {"state": "online"});
            compare(line.text, "Online");
            compare(mark(item("detailsButton")).presence, "online");
            compare(item("detailsButton").Accessible.description, "Online");
            session.setPresence("u-grace", {"state": "away", "statusText": "In a meeting"});
            compare(line.text, "Away · \u2068In a meeting\u2069");
            session.setPresence("u-grace", {"state": "offline", "lastSeenAt": session.ago(0, 5)});
            compare(line.text, "Last seen 5 minutes ago");
            session.setPresence("u-grace", {"state": "offline", "lastSeenAt": session.ago(0, 1)});
            compare(line.text, "Last seen 1 minute ago");
            session.setPresence("u-grace", {"state": "offline", "statusText": "On holiday"}); // hides it
            compare(line.text, "\u2068On holiday\u2069");
            session.setPresence("u-grace", {"state": "offline"});
            compare(line.text, "@grace");
            open(0);
            compare(line.text, "4 members");
            verify(!mark(item("detailsButton")).shown);
        }

        function test_theHeaderFollowsTheOpenConversation() {
            session.setPresence("u-grace", {"state": "online"});
            session.setPresence("u-yuki", {"state": "away"});
            open(1);
            const before = session.watched["u-grace"];
            compare(item("presenceLine").text, "Online");
            open(2);
            compare(item("presenceLine").text, "Away");
            compare(session.watched["u-grace"], before - 1);
            open(0);
            compare(item("presenceLine").text, "4 members");
        }

        function test_lastSeenGrowsOlderOnlyWhileItIsSeen() {
            open(1);
            session.setPresence("u-grace", {"state": "offline", "lastSeenAt": session.ago(0, 5)});
            const line = item("presenceLine");
            const timer = line.data[line.data.length - 1];
            verify(timer.running);
            compare(timer.interval, 60000);
            session.setPresence("u-grace", {"state": "online"});
            verify(!timer.running);
            session.setPresence("u-grace", {"state": "offline", "lastSeenAt": session.ago(0, 7)});
            verify(timer.running);
            compare(line.text, "Last seen 7 minutes ago");
            const before = line.now;
            tryVerify(() => new Date() > before);
            timer.triggered();
            verify(line.now > before);
            view.route = "settings";
            verify(!timer.running);
            view.route = "chat";
            verify(timer.running);
            line.now = new Date(Date.now() + 3 * 60000);
            compare(line.text, "Last seen 10 minutes ago");
        }

        function test_membersShowMarkAndStatus() {
            session.setPresence("u-yuki", {"state": "online", "statusText": "休暇中"});
            open(0);
            press("detailsButton");
            tryVerify(() => findChild(shell, "memberList") !== null);
            const yuki = row("memberList", 2);
            compare(mark(yuki).presence, "online");
            compare(findChild(yuki, "personLine").text, "@yuki · \u2068休暇中\u2069");
            compare(yuki.Accessible.description, "Online. @yuki. 休暇中");
            verify(!(session.watched["u-me"] > 0)); // oneself
        }

        function test_peopleFoundAreMarked() {
            session.setPresence("u-grace", {"state": "away"});
            press("searchButton");
            tryVerify(() => findChild(shell, "peopleField") !== null);
            item("peopleField").text = "grace";
            compare(mark(row("peopleList", 0)).presence, "away");
        }

        function test_theOwnStatusStandsUnderTheOwnName() {
            compare(item("ownStatus").text, "Set a status");
            session.ownPresence = {"statusText": "At the lake", "statusExpiresAt": undefined, "lastSeenHidden": false};
            compare(item("ownStatus").text, "\u2068At the lake\u2069");
            compare(item("ownStatusRow").Accessible.name, "Ada Lovelace");
            compare(item("ownStatusRow").Accessible.description, "At the lake");
        }

        function test_aStatusIsTypedAndSaved() {
            const sheet = openSheet();
            const save = item("statusSave");
            verify(!save.enabled);
            tryVerify(() => item("statusField").input.activeFocus);
            type("at the lake");
            keyClick(Qt.Key_Return);
            const call = session.called("setStatus").pop();
            compare(call.argument.text, "at the lake");
            verify(isNaN(call.argument.expiresAt.getTime()));
            verify(save.busy);
            session.lastAction.succeed({});
            tryVerify(() => !sheet.visible);
        }

        function test_presetsBringTheirEnd() {
            openSheet();
            const before = Date.now();
            mouseClick(preset(0));
            compare(item("statusField").text, "In a meeting");
            verify(end(2).checked);
            mouseClick(item("statusSave"));
            const call = session.called("setStatus").pop();
            compare(call.argument.text, "In a meeting");
            verify(Math.abs(call.argument.expiresAt.getTime() - before - 3600000) < 60000);
        }

        function test_endsAreChosenOneAtATime() {
            openSheet();
            mouseClick(preset(2)); // out sick, today
            verify(end(4).checked);
            mouseClick(end(3));
            verify(end(3).checked && !end(4).checked);
            mouseClick(end(4));
            mouseClick(item("statusSave"));
            const until = session.called("setStatus").pop().argument.expiresAt;
            const tomorrow = new Date();
            tomorrow.setHours(24, 0, 0, 0);
            compare(until.getTime(), tomorrow.getTime());
        }

        function test_changingTheTextKeepsTheEnd() {
            const end = new Date(Date.now() + 7200000);
            session.ownPresence = {"statusText": "Commuting", "statusExpiresAt": end, "lastSeenHidden": false};
            openSheet();
            compare(item("statusField").text, "Commuting");
            verify(item("keptEnd").text.startsWith("Until "), item("keptEnd").text);
            type("Cycling"); // in the place of what is selected
            keyClick(Qt.Key_Return);
            const call = session.called("setStatus").pop();
            compare(call.argument.text, "Cycling");
            compare(call.argument.expiresAt.getTime(), end.getTime());
        }

        function test_aStatusIsCleared() {
            const sheet = openSheet();
            verify(!item("statusClear").visible);
            sheet.close();
            tryVerify(() => !sheet.visible);
            session.ownPresence = {"statusText": "Commuting", "statusExpiresAt": undefined, "lastSeenHidden": false};
            openSheet();
            mouseClick(item("statusClear"));
            compare(session.called("setStatus").pop().argument.text, "");
            session.lastAction.succeed({});
            tryVerify(() => !sheet.visible);
        }

        function test_theCounterAppearsNearTheLimit() {
            session.statusLength = 30;
            openSheet();
            const note = findChild(item("statusField"), "fieldNote");
            item("statusField").text = "123456789";
            verify(!note.visible);
            item("statusField").text = "🏖️1234567890123456789012345678"; // two code points and 28
            compare(note.text, "0 characters left");
            verify(item("statusSave").enabled);
            item("statusField").text += "9";
            compare(note.text, "1 character too long");
            verify(!item("statusSave").enabled);
        }

        function test_whatWentWrongIsSaid() {
            const sheet = openSheet();
            type("at the lake");
            keyClick(Qt.Key_Return);
            session.lastAction.fail("", "Not connected.");
            compare(findChild(item("statusField"), "fieldNote").text, "Not connected.");
            verify(sheet.opened);
            verify(item("statusSave").enabled);
            keyClick(Qt.Key_Escape);
            tryVerify(() => !sheet.visible);
            openSheet();
            verify(!findChild(item("statusField"), "fieldNote").visible);
        }

        function test_theSheetIsUsableByKeyboard() {
            openSheet();
            const reached = {};
            for (let i = 0; i < 20; ++i) {
                keyClick(Qt.Key_Tab);
                const controls = [preset(0), preset(3), end(0), end(5), item("statusCancel"), item("statusField").input];
                for (let at = 0; at < controls.length; ++at) {
                    if (controls[at].activeFocus)
                        reached[at] = true;
                }
            }
            compare(Object.keys(reached).length, 6, Object.keys(reached).join());
            preset(1).forceActiveFocus(Qt.TabFocusReason);
            keyClick(Qt.Key_Return);
            compare(item("statusField").text, "Commuting");
            end(1).forceActiveFocus(Qt.TabFocusReason);
            keyClick(Qt.Key_Space);
            verify(end(1).checked);
        }

        function test_lastSeenIsHiddenBySwitch() {
            press("settingsButton");
            tryVerify(() => findChild(shell, "lastSeenSwitch") !== null);
            const toggle = item("lastSeenSwitch");
            verify(toggle.checked);
            compare(toggle.Accessible.name, "Show when I was last online");
            mouseClick(toggle);
            compare(session.called("setLastSeenHidden").pop().argument, true);
            verify(!toggle.checked);
            session.lastAction.fail("", "Not connected.");
            verify(toggle.checked); // what holds
            compare(item("lastSeenError").text, "Not connected.");
            toggle.forceActiveFocus(Qt.TabFocusReason);
            keyClick(Qt.Key_Return);
            session.ownPresence = {"statusText": "", "statusExpiresAt": undefined, "lastSeenHidden": true};
            session.lastAction.succeed({});
            verify(!toggle.checked);
            verify(!item("lastSeenError").visible);
        }

        function test_settingsShowTheStatusAndItsEnd() {
            const end = new Date(Date.now() + 86400000 * 400);
            session.ownPresence = {"statusText": "On leave", "statusExpiresAt": end, "lastSeenHidden": false};
            press("settingsButton");
            tryVerify(() => findChild(shell, "settingsStatus") !== null);
            compare(item("settingsStatus").text, "\u2068On leave\u2069");
            press("statusButton");
            tryVerify(() => findChild(shell, "settingsStatusSheet").opened);
        }
    }
}
