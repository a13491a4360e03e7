// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import Confab.App.TestKit

/// The timeline under scrolling, arriving messages, hostile texts and holes.
Item {
    id: root

    width: 1280
    height: 800

    ScreenProbe { id: probe }

    AppCase {
        name: "Timeline"

        function fill(count, textOf) {
            const rows = [];
            for (let i = 0; i < count; ++i)
                rows.push(session.message({"key": "m" + i, "messageId": count - i, "text": textOf(i), "senderId": "u-grace",
                                           "senderName": "Grace Hopper"}));
            session.timeline.clear();
            session.timeline.append(rows);
        }

        function open() {
            view.open("c-grace");
            tryVerify(() => item("timelinePage").visible);
        }

        /// Where a row stands on the screen.
        function topOf(index) {
            const delegate = row("timeline", index);
            return delegate.mapToItem(shell, 0, 0).y;
        }

        function scrollTo(index) {
            const list = item("timeline");
            list.positionViewAtIndex(index, ListView.Center);
            list.forceLayout();
            settle();
        }

        function test_opensAtTheNewest() {
            open();
            fill(80, i => "message " + i);
            const list = item("timeline");
            tryVerify(() => list.itemAtIndex(0) !== null);
            const newest = list.itemAtIndex(0);
            tryVerify(() => newest.mapToItem(list, 0, newest.height).y <= list.height && newest.mapToItem(list, 0, 0).y > 0);
            verify(!item("jumpButton").shown);
        }

        function test_olderRowsArriveWithoutAJump() {
            open();
            fill(60, i => "line ".repeat(1 + i % 40));
            scrollTo(30);
            const before = topOf(30);
            const older = [];
            for (let i = 0; i < 50; ++i)
                older.push(session.message({"key": "old" + i, "text": "older ".repeat(1 + (i * 7) % 60), "senderId": "u-grace"}));
            session.timeline.append(older);
            settle();
            fuzzyCompare(topOf(30), before, 2);
        }

        function test_newRowsDoNotMoveTheReader() {
            open();
            fill(60, i => "line ".repeat(1 + i % 40));
            scrollTo(30);
            const before = topOf(30);
            for (let i = 0; i < 5; ++i)
                session.timeline.insert(0, session.message({"key": "new" + i, "text": "news ".repeat(1 + i * 9), "senderId": "u-grace"}));
            settle();
            fuzzyCompare(topOf(35), before, 2);
            verify(item("jumpButton").shown);
            compare(item("timeline").parent.unseen, 5);
            item("timeline").parent.toNewest();
            tryVerify(() => !item("jumpButton").shown);
            compare(item("timeline").parent.unseen, 0);
        }

        function test_staysAtTheNewestWhileMessagesArrive() {
            open();
            fill(40, i => "message " + i);
            settle();
            for (let i = 0; i < 10; ++i)
                session.timeline.insert(0, session.message({"key": "new" + i, "text": "news ".repeat(1 + i * 9), "senderId": "u-grace"}));
            settle();
            const list = item("timeline");
            tryVerify(() => list.atYEnd);
            compare(item("timeline").parent.unseen, 0);
        }

        function test_aLongMessageNearTheEndKeepsTheEnd() {
            open();
            fill(20, i => i === 1 ? "line\n".repeat(5000) : "short");
            const list = item("timeline");
            settle();
            session.timeline.insert(0, session.message({"key": "after", "text": "after", "senderId": "u-grace"}));
            settle();
            tryVerify(() => list.atYEnd);
            verify(row("timeline", 2).height < 800, "it is collapsed");
        }

        function test_asksForOlderRowsNearTheTop() {
            open();
            session.hasOlder = true;
            fill(60, i => "message " + i);
            settle();
            session.calls = [];
            scrollTo(58);
            tryVerify(() => session.called("loadOlder").length > 0);
        }

        function test_holesLoadWhenSeen() {
            open();
            fill(5, i => "message " + i);
            session.timeline.insert(2, session.message({"key": "hole", "isHole": true}));
            tryVerify(() => session.called("loadHole").length > 0);
            compare(session.called("loadHole")[0].argument, 2);
        }

        function test_longTextsAreCollapsedAndExpand_data() {
            return [
                {"tag": "64,000 characters", "text": "word ".repeat(12800)},
                {"tag": "5,000 lines", "text": "line\n".repeat(5000)},
                {"tag": "one word", "text": "x".repeat(30000)},
                {"tag": "3,000 emoji", "text": "👩🏽‍🚀".repeat(3000)}
            ];
        }

        function test_longTextsAreCollapsedAndExpand(data) {
            open();
            fill(1, () => data.text);
            const delegate = row("timeline", 0);
            const bubble = findChild(delegate, "bubble");
            const more = findChild(delegate, "showMore");
            tryVerify(() => more.visible);
            const collapsed = bubble.height;
            verify(collapsed < 1400, collapsed);
            verify(bubble.width <= 560);
            settle();
            verify(probe.inkShare(item("timeline")) > 0.02, "something is drawn");
            bubble.expanded = true;
            tryVerify(() => bubble.height > collapsed * 2);
            settle();
            verify(probe.inkShare(item("timeline")) > 0.02, "something is drawn");
        }

        function test_stackedMarksAreBounded() {
            open();
            fill(10, () => "a" + "\u0301".repeat(5000));
            const delegate = row("timeline", 0);
            verify(findChild(delegate, "messageText").text.length < 40);
        }

        function test_markupIsShownLiterally_data() {
            return [
                {"tag": "image", "text": "<img src=\"http://127.0.0.1:9/x\">"},
                {"tag": "bold", "text": "<b>x</b> <a href=file:///etc/passwd>y</a> &lt;"},
                {"tag": "beside a keycap", "text": "<img src=\"http://127.0.0.1:9/x\"> 1️⃣"}
            ];
        }

        function test_markupIsShownLiterally(data) {
            open();
            fill(1, () => data.text);
            const text = findChild(row("timeline", 0), "messageText");
            compare(text.source, data.text);
            if (text.textFormat === Text.PlainText)
                verify(text.text.startsWith(data.text));
            else
                verify(!text.text.includes("<img") && text.text.includes("&lt;img"));
        }

        function test_aNameKeepsItsDirectionToItself() {
            open();
            session.current = {"conversationId": "c", "title": "Bob\u202e", "kind": "group", "avatarSeed": "b", "subtitle": ""};
            compare(item("timelineTitle").text, "\u2068Bob\u2069");
        }

        function test_readingMarksAsRead() {
            open();
            const window = root.Window.window;
            window.requestActivate();
            tryVerify(() => window.active);
            fill(5, i => "message " + i);
            tryVerify(() => session.called("markRead").length > 0);
        }
    }
}
