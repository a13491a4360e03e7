// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import Confab.App.Controls
import Confab.App.TestKit
import Confab.App.Theme

/// The app's own controls: keyboard, names for screen readers, pictures that are drawn.
Rectangle {
    id: root

    width: 600
    height: 400
    color: Theme.canvas

    ScreenProbe { id: probe }
    Column {
        spacing: 10

        AppButton {
            id: first

            text: "First"
        }
        AppButton {
            id: second

            text: "Second"
            kind: AppButton.Primary
        }
        IconButton {
            id: icon

            text: "Search"
            iconName: "search"
        }
        Avatar {
            id: avatar

            seed: "u-1"
            name: "Grace Hopper"
            size: 64
        }
        Badge {
            id: badge

            count: 7
        }
        SegmentedControl {
            id: segments

            width: 300
            options: [{"text": "A"}, {"text": "B"}, {"text": "C"}]
            onChosen: index => currentIndex = index
        }
        Icon {
            id: directional

            name: "back"
            directional: true
        }
    }
    SignalSpy {
        id: clicks

        target: second
        signalName: "clicked"
    }
    TestCase {
        name: "Controls"
        when: windowShown

        function test_keyboardReachesAndPressesButtons() {
            first.forceActiveFocus(Qt.TabFocusReason);
            verify(first.visualFocus);
            keyClick(Qt.Key_Tab);
            verify(second.activeFocus);
            clicks.clear();
            keyClick(Qt.Key_Return);
            keyClick(Qt.Key_Space);
            compare(clicks.count, 2);
        }

        function test_busyButtonsCannotBePressed() {
            second.busy = true;
            second.enabled = false;
            clicks.clear();
            mouseClick(second);
            compare(clicks.count, 0);
            second.busy = false;
            second.enabled = true;
        }

        function test_controlsHaveNamesForScreenReaders() {
            compare(icon.Accessible.name, "Search");
            compare(badge.Accessible.name, "7 unread");
        }

        function test_everyIconIsDrawn_data() {
            return ["alert", "back", "chat", "check", "checkdouble", "clock", "close", "compose", "copy", "device", "down",
                    "edit", "eye", "eyeoff", "forward", "info", "lock", "logout", "moon", "more", "offline", "plus", "retry",
                    "search", "send", "server", "settings", "spinner", "sun", "trash", "unread", "user", "userplus", "users"]
                    .map(name => ({"tag": name}));
        }

        function test_everyIconIsDrawn(data) {
            icon.iconName = data.tag;
            waitForRendering(icon);
            verify(probe.inkShare(icon) > 0.005, data.tag + " is blank: " + probe.inkShare(icon));
            icon.iconName = "search";
        }

        function test_avatarsAreRoundAndColoured() {
            waitForRendering(avatar);
            compare(avatar.status, Image.Ready);
            const image = grabImage(root);
            const corner = avatar.mapToItem(root, 1, 1);
            const inside = avatar.mapToItem(root, 32, 6);
            compare(image.pixel(corner.x, corner.y), Theme.canvas);
            verify(image.pixel(inside.x, inside.y) !== Theme.canvas);
        }

        function test_badgesStopCountingAtNinetyNine() {
            badge.count = 250;
            const label = badge.children[0];
            compare(label.text, "99+");
            badge.count = 0;
            verify(!badge.visible);
            badge.dot = true;
            verify(badge.visible);
            badge.dot = false;
            badge.count = 7;
        }

        function test_segmentsAreChosenByMouseAndArrows() {
            mouseClick(segments, 290, 20);
            compare(segments.currentIndex, 2);
            keyClick(Qt.Key_Left);
            compare(segments.currentIndex, 1);
        }

        function test_arrowsPointTheOtherWayInRightToLeft() {
            verify(!directional.mirror);
            directional.LayoutMirroring.enabled = true;
            verify(directional.mirror);
            directional.LayoutMirroring.enabled = false;
        }

        function test_themeHasTwoLooks() {
            Theme.scheme.mode = 1;
            const light = String(Theme.canvas);
            Theme.scheme.mode = 2;
            verify(Theme.dark);
            verify(String(Theme.canvas) !== light);
            Theme.scheme.mode = 1;
            verify(!Theme.dark);
        }
    }
}
