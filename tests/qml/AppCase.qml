// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Window
import QtTest
import Confab.App.Shell
import Confab.App.Theme

/// A test case with the whole app over a mock session, without motion.
TestCase {
    id: testCase

    property MockSession session: null
    property AppShell shell: null
    property Item view: null
    property int appWidth: 1280
    property int appHeight: 800
    property string startPhase: "signedIn"

    readonly property Component sessionComponent: MockSession { }
    readonly property Component shellComponent: AppShell { }

    when: windowShown

    function item(name) {
        const found = findChild(shell, name);
        verify(found !== null, "there is no " + name);
        return found;
    }

    /// Waits until what was changed is laid out and drawn.
    function settle() {
        shell.Window.window.update();
        waitForRendering(shell);
    }

    function press(name) {
        const target = item(name);
        tryVerify(() => target.visible && target.width > 0);
        settle();
        mouseClick(target);
    }

    function type(text) {
        for (const letter of text)
            keyClick(letter);
    }

    /// The delegate of a row, as soon as the list has made it.
    function row(listName, index) {
        const list = item(listName);
        tryVerify(() => list.itemAtIndex(index) !== null);
        return list.itemAtIndex(index);
    }

    function initTestCase() {
        Theme.still = true;
    }

    function cleanupTestCase() {
        Theme.still = false;
    }

    function init() {
        parent.width = appWidth;
        parent.height = appHeight;
        session = sessionComponent.createObject(testCase.parent, {"phase": startPhase});
        shell = shellComponent.createObject(testCase.parent, {"session": session, "width": appWidth, "height": appHeight, "focus": true});
        verify(shell !== null);
        settle();
        view = findChild(shell, "mainView");
    }

    function cleanup() {
        shell.destroy();
        session.destroy();
        wait(0);
    }
}
