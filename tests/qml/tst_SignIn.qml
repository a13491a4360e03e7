// SPDX-License-Identifier: MIT
import QtQuick
import QtTest

/// Signing in and up, with what can go wrong shown where it belongs.
Item {
    width: 1280
    height: 800

    AppCase {
        name: "SignIn"
        startPhase: "signedOut"

        function test_signsInWithTheKeyboard() {
            tryVerify(() => item("handleField").input.activeFocus);
            type("ada");
            keyClick(Qt.Key_Return);
            verify(item("passwordField").input.activeFocus);
            verify(!item("submitButton").enabled);
            type("correct horse");
            verify(item("submitButton").enabled);
            keyClick(Qt.Key_Return);
            const calls = session.called("signIn");
            compare(calls.length, 1);
            compare(calls[0].argument.handle, "ada");
            compare(calls[0].argument.password, "correct horse");
            compare(calls[0].argument.server, "http://localhost:8484");
            session.phase = "signedIn";
            session.lastAction.succeed(null);
            tryVerify(() => findChild(shell, "mainView") !== null);
        }

        function test_showsThatItIsBusyAndAsksOnce() {
            item("handleField").text = "ada";
            item("passwordField").text = "correct horse";
            press("submitButton");
            compare(item("submitButton").busy, true);
            compare(item("submitButton").enabled, false);
            press("submitButton");
            compare(session.called("signIn").length, 1);
        }

        function test_showsAnErrorAtItsField() {
            item("handleField").text = "ada";
            item("passwordField").text = "short";
            press("submitButton");
            session.lastAction.fail("password", "Too short.");
            compare(item("passwordField").error, "Too short.");
            compare(item("handleField").error, "");
            compare(item("generalError").text, "");
        }

        function test_showsOtherErrorsAboveTheButton() {
            item("handleField").text = "ada";
            item("passwordField").text = "correct horse";
            press("submitButton");
            session.lastAction.fail("", "The server did not answer.");
            compare(item("generalError").text, "The server did not answer.");
            tryVerify(() => item("generalError").parent.visible);
            verify(item("submitButton").enabled);
        }

        function test_makesAnAccount() {
            press("switchButton");
            item("handleField").text = "ada";
            item("displayNameField").text = "Ada Lovelace";
            item("passwordField").text = "correct horse";
            item("inviteField").text = "code";
            press("submitButton");
            const call = session.called("registerAccount")[0].argument;
            compare(call.displayName, "Ada Lovelace");
            compare(call.invite, "code");
        }

        function test_passwordsCanBeRevealed() {
            const field = item("passwordField");
            compare(field.input.echoMode, TextInput.Password);
            field.revealed = true;
            compare(field.input.echoMode, TextInput.Normal);
        }

        function test_anEndedSessionKeepsItsPerson() {
            session.phase = "signedIn";
            session.connection = "sessionEnded";
            tryVerify(() => findChild(shell, "bannerAction") !== null);
            press("bannerAction");
            tryVerify(() => findChild(shell, "handleField") !== null);
            compare(item("handleField").text, "ada");
            compare(item("handleField").enabled, false);
            press("switchButton");
            compare(session.phase, "signedIn");
        }
    }
}
