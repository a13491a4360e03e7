// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import Confab.App.Theme

/// Clicks and types through the signed-in app on a wide window.
Item {
    width: 1280
    height: 800

    AppCase {
        id: test

        name: "App"

        function open(index) {
            mouseClick(row("conversationList", index));
            tryVerify(() => item("timelinePage").visible);
        }

        /// Chooses a command of the open message menu.
        function pick(name) {
            tryVerify(() => findChild(shell, "messageMenu").opened);
            settle();
            mouseClick(findChild(shell, name));
            tryVerify(() => !findChild(shell, "messageMenu").visible);
        }

        function test_listAndTimelineStandSideBySide() {
            verify(item("conversationListPage").visible);
            verify(item("nothingOpen").visible);
            open(0);
            verify(item("conversationListPage").visible);
            compare(session.currentId, "c-lake");
            compare(item("timelineTitle").source, "Weekend at the lake 🏕️");
            verify(row("conversationList", 0).selected);
        }

        function test_enterSendsAndShiftEnterBreaksTheLine() {
            open(1);
            const text = item("composerText");
            tryVerify(() => text.activeFocus);
            type("one");
            keyClick(Qt.Key_Return, Qt.ShiftModifier);
            type("two");
            compare(text.text, "one\ntwo");
            keyClick(Qt.Key_Return);
            compare(text.text, "");
            compare(session.called("send")[0].argument.text, "one\ntwo");
            tryVerify(() => row("timeline", 0).text === "one\ntwo");
            compare(row("timeline", 0).state, "Pending");
        }

        function test_blankTextIsNotSent() {
            open(1);
            type("   ");
            keyClick(Qt.Key_Return);
            compare(session.called("send").length, 0);
            verify(!item("sendButton").enabled);
        }

        function test_composerBelongsToItsConversation() {
            open(1);
            type("for Grace");
            open(2);
            compare(item("composerText").text, "");
            compare(session.drafts["c-grace"], "for Grace");
            type("for Yuki");
            keyClick(Qt.Key_Return);
            compare(session.called("send")[0].argument.id, "c-yuki");
            open(1);
            compare(item("composerText").text, "for Grace");
        }

        function test_anUntouchedComposerSavesNoDraft() {
            open(1);
            open(2);
            compare(session.called("saveDraft").length, 0);
        }

        function test_sendingLeavesNoDraftBehind() {
            open(1);
            type("hello");
            keyClick(Qt.Key_Return);
            open(2);
            compare(session.draftOf("c-grace"), "");
            compare(session.called("saveDraft").filter(call => call.argument.text !== "").length, 0);
        }

        function test_aDraftComesBackWhenTheStoreTells() {
            open(1);
            session.draftLoaded("c-yuki", "not here");
            compare(item("composerText").text, "");
            session.draftLoaded("c-grace", "from yesterday");
            compare(item("composerText").text, "from yesterday");
        }

        function test_typingIsToldWhileAPersonTypes() {
            open(1);
            session.calls = [];
            type("hi");
            compare(session.called("setTyping").map(call => call.argument.id + " " + call.argument.typing), ["c-grace true", "c-grace true"]);
            keyClick(Qt.Key_Backspace);
            keyClick(Qt.Key_Backspace);
            compare(session.called("setTyping").pop().argument.typing, false);
        }

        function test_theProgramsOwnChangesAreNoTyping() {
            open(1);
            session.calls = [];
            session.draftLoaded("c-grace", "from yesterday");
            keyClick(Qt.Key_Return); // sends it
            keyClick(Qt.Key_Up); // edits what was sent last
            type("more");
            keyClick(Qt.Key_Escape);
            compare(session.called("setTyping").length, 0);
        }

        function test_whoTypesStandsAboveTheComposerAndInTheList() {
            open(1);
            const line = item("typingLine");
            verify(!line.shown);
            const height = item("timeline").height;
            session.typingNames = ["Grace Hopper"];
            tryVerify(() => line.shown);
            compare(findChild(line, "typingText").text, "\u2068Grace Hopper\u2069 is typing…");
            settle();
            compare(item("timeline").height, height);
            session.typingNames = [];
            tryVerify(() => !line.shown);

            const first = row("conversationList", 0);
            const preview = findChild(first, "preview");
            const before = preview.text;
            session.conversations.setProperty(0, "typingName", "Grace");
            session.conversations.setProperty(0, "typingCount", 1);
            compare(preview.text, "\u2068Grace\u2069 is typing…");
            session.conversations.setProperty(0, "typingCount", 3);
            compare(preview.text, "3 people are typing…");
            session.conversations.setProperty(0, "typingCount", 0);
            compare(preview.text, before);
            session.conversations.setProperty(1, "typingCount", 1);
            compare(findChild(row("conversationList", 1), "preview").text, "typing…");
        }

        function test_upEditsTheLastOwnMessageAndEscCancels() {
            open(1);
            type("draft");
            compare(item("composer").editing, false);
            item("composerText").text = "";
            keyClick(Qt.Key_Up);
            verify(item("composer").editing);
            compare(item("composerText").text, "Or we cook");
            keyClick(Qt.Key_Escape);
            verify(!item("composer").editing);
            compare(item("composerText").text, "");
            compare(session.called("edit").length, 0);
            keyClick(Qt.Key_Up);
            keyClick(Qt.Key_End);
            type("!");
            keyClick(Qt.Key_Return);
            compare(session.called("edit")[0].argument.text, "Or we cook!");
            verify(!item("composer").editing);
        }

        function test_editingSetsTheDraftAside() {
            open(1);
            type("half a thought");
            item("composer").beginEdit("k", "old");
            compare(item("composerText").text, "old");
            item("composer").endEdit();
            compare(item("composerText").text, "half a thought");
        }

        function test_composerGrowsToSixLines() {
            open(1);
            const composer = item("composer");
            const oneLine = composer.height;
            item("composerText").text = "1\n2\n3";
            tryVerify(() => composer.height > oneLine);
            item("composerText").text = "1\n2\n3\n4\n5\n6";
            settle();
            const sixLines = composer.height;
            item("composerText").text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10";
            settle();
            compare(composer.height, sixLines);
        }

        function test_failedMessagesCanBeRetriedAndDiscarded() {
            open(1);
            const failed = row("timeline", 1);
            compare(failed.state, "Failed");
            const retry = findChild(failed, "retryButton");
            tryVerify(() => retry.visible);
            mouseClick(retry);
            compare(session.called("retry").length, 1);
            compare(row("timeline", 1).state, "Pending");
            session.timeline.setProperty(1, "state", "Failed");
            const before = session.timeline.count;
            const discard = findChild(row("timeline", 1), "discardButton");
            tryVerify(() => discard.visible);
            mouseClick(discard);
            compare(session.timeline.count, before - 1);
        }

        function test_contextMenuCopiesEditsAndDeletes() {
            open(0);
            const own = row("timeline", 2);
            verify(own.isOwn);
            const bubble = findChild(own, "bubble");
            mouseClick(bubble, bubble.width / 2, bubble.height / 2, Qt.RightButton);
            pick("copyItem");
            compare(session.called("copy")[0].argument, "Anything I forgot?");

            mouseClick(bubble, bubble.width / 2, bubble.height / 2, Qt.RightButton);
            pick("editItem");
            verify(item("composer").editing);
            keyClick(Qt.Key_Escape);

            mouseClick(bubble, bubble.width / 2, bubble.height / 2, Qt.RightButton);
            pick("deleteItem");
            tryVerify(() => findChild(shell, "deleteSheet").opened);
            compare(session.called("remove").length, 0);
            mouseClick(findChild(findChild(shell, "deleteSheet").contentItem, "confirmAccept"));
            compare(session.called("remove").length, 1);
            verify(row("timeline", 2).deleted);
        }

        function test_groupMessagesTellWhoHasSeenThem() {
            open(0);
            let index = 0;
            while (!session.timeline.get(index).isOwn || session.timeline.get(index).state === "Failed")
                ++index;
            const own = row("timeline", index);
            const bubble = findChild(own, "bubble");
            mouseClick(bubble, bubble.width / 2, bubble.height / 2, Qt.RightButton);
            pick("readersItem");
            const sheet = findChild(shell, "readersSheet");
            tryVerify(() => sheet.opened);
            compare(session.called("showReaders")[0].argument, own.messageId);
            const list = findChild(sheet.contentItem, "readers");
            compare(list.count, 3);
            verify(list.activeFocus);
            mouseClick(findChild(sheet.contentItem, "readersClose"));
            tryVerify(() => !sheet.visible);
            compare(session.called("showReaders")[1].argument, 0);
        }

        function test_othersMessagesOfferNoEditing() {
            open(0);
            const other = row("timeline", 0);
            const bubble = findChild(other, "bubble");
            mouseClick(bubble, bubble.width / 2, bubble.height / 2, Qt.RightButton);
            tryVerify(() => findChild(shell, "messageMenu").visible);
            verify(findChild(shell, "copyItem").visible);
            verify(!findChild(shell, "editItem").visible);
            verify(!findChild(shell, "deleteItem").visible);
            keyClick(Qt.Key_Escape);
            tryVerify(() => !findChild(shell, "messageMenu").visible);
        }

        function test_shortcutsMoveBetweenConversations() {
            open(0);
            keyClick(Qt.Key_Down, Qt.AltModifier);
            compare(session.currentId, "c-grace");
            keyClick(Qt.Key_Down, Qt.AltModifier);
            compare(session.currentId, "c-yuki");
            keyClick(Qt.Key_Up, Qt.AltModifier);
            compare(session.currentId, "c-grace");
            compare(session.called("send").length, 0);
        }

        function test_ctrlKFindsPeopleAndOpensADirectConversation() {
            open(0);
            keyClick(Qt.Key_K, Qt.ControlModifier);
            tryVerify(() => item("peopleField").activeFocus);
            type("gran");
            tryCompare(session.people, "count", 1);
            tryVerify(() => row("peopleList", 0).userId === "u-gran");
            keyClick(Qt.Key_Return);
            compare(session.called("createDirect")[0].argument, "u-gran");
            session.lastAction.succeed("c-gran");
            tryCompare(session, "currentId", "c-gran");
            verify(item("timelinePage").visible);
        }

        function test_returnWaitsForTheAnswerToWhatWasTyped() {
            open(0);
            keyClick(Qt.Key_K, Qt.ControlModifier);
            tryVerify(() => item("peopleField").activeFocus);
            type("gra");
            tryCompare(session.people, "count", 3);
            session.people.slow = true;
            type("n");
            keyClick(Qt.Key_Return);
            compare(session.called("createDirect").length, 0, "the rows are those of another search still");
            session.people.answer();
            compare(session.called("createDirect").length, 1);
            compare(session.called("createDirect")[0].argument, "u-gran");
        }

        function test_returnIsForgottenWhenTypingGoesOn() {
            open(0);
            keyClick(Qt.Key_K, Qt.ControlModifier);
            tryVerify(() => item("peopleField").activeFocus);
            session.people.slow = true;
            type("gra");
            keyClick(Qt.Key_Return);
            type("n");
            session.people.answer();
            compare(session.called("createDirect").length, 0);
        }

        function test_escapeLeavesAPage() {
            open(0);
            keyClick(Qt.Key_K, Qt.ControlModifier);
            tryVerify(() => findChild(shell, "newConversationPage") !== null);
            keyClick(Qt.Key_Escape);
            compare(view.route, "chat");
            tryVerify(() => item("composerText").activeFocus);
        }

        function test_makesAGroupOfChosenPeople() {
            press("newButton");
            press("newGroupRow");
            verify(!item("createButton").enabled);
            item("groupTitleField").text = "Weekend plans";
            item("peopleField").forceActiveFocus();
            type("gra");
            const list = item("peopleList");
            tryVerify(() => list.itemAtIndex(1)?.userId === "u-gran" && list.count === 3);
            mouseClick(list.itemAtIndex(0));
            mouseClick(list.itemAtIndex(1));
            compare(item("picker").chosen.length, 2);
            press("createButton");
            const call = session.called("createGroup")[0].argument;
            compare(call.title, "Weekend plans");
            compare(call.ids, ["u-grace", "u-gran"]);
            session.lastAction.fail("title", "The title is too long.");
            tryCompare(item("createError"), "text", "The title is too long.");
        }

        function test_groupsCanBeRenamed() {
            open(0);
            press("detailsButton");
            press("renameButton");
            tryVerify(() => findChild(shell, "renameSheet").opened);
            const field = findChild(findChild(shell, "renameSheet").contentItem, "newTitleField");
            tryVerify(() => field.input.activeFocus);
            keyClick(Qt.Key_A, Qt.ControlModifier);
            type("The lake");
            keyClick(Qt.Key_Return);
            compare(session.called("rename")[0].argument, "The lake");
        }

        function test_membersCanBeAddedAndRemoved() {
            open(0);
            press("detailsButton");
            press("addButton");
            tryVerify(() => item("peopleField").activeFocus);
            type("gra");
            const list = item("peopleList");
            tryVerify(() => list.itemAtIndex(2)?.userId === "u-graham" && list.count === 3);
            verify(!list.itemAtIndex(0).enabled, "who is a member already cannot be added");
            keyClick(Qt.Key_Return);
            compare(item("addPicker").chosen.map(person => person.userId), ["u-gran"], "Return skips who is there already");
            keyClick(Qt.Key_Return);
            mouseClick(list.itemAtIndex(2));
            press("addConfirm");
            compare(session.called("addMembers")[0].argument, ["u-graham"]);
            const member = row("memberList", 1);
            mouseClick(findChild(member, "removeMember"));
            tryVerify(() => findChild(shell, "removeSheet").opened);
            mouseClick(findChild(findChild(shell, "removeSheet").contentItem, "confirmAccept"));
            compare(session.called("removeMember")[0].argument, "u-grace");
        }

        function test_leavingAsksFirst() {
            open(0);
            press("detailsButton");
            press("leaveRow");
            tryVerify(() => findChild(shell, "leaveSheet").opened);
            compare(session.called("leave").length, 0);
            mouseClick(findChild(findChild(shell, "leaveSheet").contentItem, "confirmAccept"));
            compare(session.called("leave").length, 1);
            compare(session.currentId, "");
        }

        function test_settingsChangeNameAppearanceAndSessions() {
            const chosen = Qt.createQmlObject("import QtTest; SignalSpy { signalName: \"appearanceChosen\" }", test);
            chosen.target = shell;
            press("settingsButton");
            compare(session.devices.count, 3);
            const name = item("nameField");
            name.text = "Countess of Lovelace";
            press("saveName");
            compare(session.called("updateName")[0].argument, "Countess of Lovelace");
            session.lastAction.fail("displayName", "Not this one.");
            compare(name.error, "Not this one.");
            const choice = item("appearance");
            mouseClick(choice, choice.width - 20, choice.height / 2);
            compare(chosen.count, 1);
            compare(chosen.signalArguments[0][0], 2);
            press("revoke s-2");
            compare(session.devices.count, 2);
            chosen.destroy();
        }

        function test_changingThePasswordSaysWhatBecameOfIt() {
            press("settingsButton");
            const card = item("passwordCard");
            const current = findChild(card, "currentPasswordField");
            const next = findChild(card, "newPasswordField");
            const button = findChild(card, "changePassword");
            const note = findChild(card, "passwordNote");
            current.text = "correct horse";
            next.text = "too short";
            verify(!button.enabled);
            next.text = "battery staple";
            verify(button.enabled);
            compare(next.input.echoMode, TextInput.Password);
            card.submit();
            compare(session.called("changePassword")[0].argument.current, "correct horse");
            compare(session.called("changePassword")[0].argument.next, "battery staple");
            verify(!button.enabled); // one at a time
            session.lastAction.fail("currentPassword", "The password is wrong.");
            compare(current.error, "The password is wrong.");
            compare(next.error, "");
            verify(!note.visible);
            card.submit();
            session.lastAction.fail("", "There is no connection.");
            compare(note.text, "There is no connection.");
            card.submit();
            session.lastAction.succeed();
            verify(note.text.includes("signed out"));
            compare(current.text, "");
            compare(next.text, "");
        }

        function test_deletingTheAccountSaysWhatIsKeptAndAsksForThePassword() {
            press("settingsButton");
            findChild(shell, "deleteAccountButton").clicked();
            const sheet = findChild(shell, "deleteAccountSheet");
            tryVerify(() => sheet.opened);
            const field = findChild(sheet.contentItem, "deletePasswordField");
            const accept = findChild(sheet.contentItem, "deleteAccept");
            verify(!accept.enabled);
            verify(field.input.activeFocus);
            keyClick(Qt.Key_Escape);
            tryVerify(() => !sheet.visible);
            compare(session.called("deleteAccount").length, 0);
            findChild(shell, "deleteAccountButton").clicked();
            tryVerify(() => sheet.opened);
            field.text = "guess";
            mouseClick(accept);
            compare(session.called("deleteAccount")[0].argument, "guess");
            session.lastAction.fail("password", "The password is wrong.");
            compare(field.error, "The password is wrong.");
            verify(sheet.opened);
            field.text = "correct horse";
            mouseClick(accept);
            compare(session.called("deleteAccount")[1].argument, "correct horse");
            session.lastAction.succeed();
            tryVerify(() => !sheet.visible);
            compare(field.text, "");
        }

        function test_signingOutAsksFirst() {
            press("settingsButton");
            settle();
            const page = item("settingsFlick");
            page.contentY = page.contentHeight - page.height;
            press("signOutButton");
            tryVerify(() => findChild(shell, "signOutSheet").opened);
            mouseClick(findChild(findChild(shell, "signOutSheet").contentItem, "confirmCancel"));
            compare(session.called("signOut").length, 0);
            tryVerify(() => !findChild(shell, "signOutSheet").visible);
            press("signOutButton");
            tryVerify(() => findChild(shell, "signOutSheet").opened);
            mouseClick(findChild(findChild(shell, "signOutSheet").contentItem, "confirmAccept"));
            compare(session.called("signOut").length, 1);
            tryVerify(() => findChild(shell, "signInPage") !== null);
        }

        function test_bannerSaysWhatTheConnectionDoes_data() {
            return [
                {"tag": "offline", "button": true}, {"tag": "connecting", "button": false},
                {"tag": "updating", "button": false}, {"tag": "sessionEnded", "button": true},
                {"tag": "keyringLocked", "button": true}, {"tag": "keyringMissing", "button": true},
                {"tag": "storageFull", "button": false}
            ];
        }

        function test_bannerSaysWhatTheConnectionDoes(data) {
            const banner = item("statusBanner");
            compare(banner.implicitHeight, 0);
            session.connection = data.tag;
            tryVerify(() => banner.height >= 36);
            verify(banner.text.length > 0);
            compare(findChild(banner, "bannerAction").visible, data.button);
            session.connection = "online";
            tryCompare(banner, "implicitHeight", 0);
        }

        function test_tryingNowReconnects() {
            session.connection = "offline";
            press("bannerAction");
            compare(session.called("reconnect").length, 1);
        }

        function test_listShowsWhatWaitsAndWhatFailed() {
            verify(findChild(row("conversationList", 4), "pendingMark").visible);
            verify(!findChild(row("conversationList", 4), "failedMark").visible);
            verify(findChild(row("conversationList", 8), "failedMark").visible);
        }

        function test_f6GoesRound() {
            open(0);
            tryVerify(() => item("composerText").activeFocus);
            keyClick(Qt.Key_F6);
            verify(!item("composerText").activeFocus);
            verify(row("conversationList", 0).activeFocus);
            keyClick(Qt.Key_Down);
            verify(row("conversationList", 1).activeFocus);
            keyClick(Qt.Key_Return);
            compare(session.currentId, "c-grace");
            tryVerify(() => item("composerText").activeFocus);
            keyClick(Qt.Key_F6);
            keyClick(Qt.Key_F6);
            tryVerify(() => item("timeline").activeFocus);
            keyClick(Qt.Key_F6);
            tryVerify(() => item("composerText").activeFocus);
        }
    }
}
