// SPDX-License-Identifier: MIT
import QtQuick

/// A session without server: models with the real role names, filled with conversations in several scripts, and a
/// log of what the pages asked for.
QtObject {
    id: session

    property string phase: "signedIn"
    property string stateReason
    property bool signingInAgain: false
    property string serverAddress
    property int passwordMinLength: 10
    property bool conversationsLoaded: true
    property bool timelineLoaded: true
    property bool hasNewer: false
    property string connection: "online"
    property string serverName: "chat.example.org"
    property var me: ({"userId": "u-me", "displayName": "Ada Lovelace", "handle": "ada"})
    property var ownPresence: ({"statusText": "", "statusExpiresAt": undefined, "lastSeenHidden": false})
    property int statusLength: 100
    /// How people are present: objects with state, statusText and lastSeenAt by user id; others are unknown.
    property var presences: ({})
    /// How many ask for a person now, by user id.
    property var watched: ({})
    property string currentId
    property var current: ({})
    property bool hasOlder: false
    property bool loading: false
    property var typingNames: []
    property bool canManageMembers: true
    property var drafts: ({})
    property var calls: []
    property var lastAction: null
    property var memberIds: ["u-me", "u-grace", "u-yuki", "u-layla"]
    readonly property var directory: [
        {"userId": "u-grace", "displayName": "Grace Hopper", "handle": "grace"},
        {"userId": "u-yuki", "displayName": "田中 ゆき", "handle": "yuki"},
        {"userId": "u-layla", "displayName": "ليلى حداد", "handle": "layla"},
        {"userId": "u-gran", "displayName": "Gran Sørensen", "handle": "gran"},
        {"userId": "u-olga", "displayName": "Ольга Гранина", "handle": "olga"},
        {"userId": "u-priya", "displayName": "प्रिया शर्मा", "handle": "priya"},
        {"userId": "u-graham", "displayName": "Graham Okafor", "handle": "graham"}
    ]
    readonly property MockPeople people: MockPeople { directory: session.directory }
    readonly property MockDevices devices: MockDevices { }
    property ListModel conversations: ListModel { }
    property ListModel timeline: ListModel { }
    property ListModel members: ListModel { }
    property ListModel readers: ListModel { }
    readonly property Component actionComponent: MockAction { }
    readonly property Component presenceComponent: MockPresence { }

    function record(name, argument) {
        calls = calls.concat([{"name": name, "argument": argument}]);
    }

    function called(name) {
        return calls.filter(call => call.name === name);
    }

    function action(name, argument) {
        record(name, argument);
        lastAction = actionComponent.createObject(session);
        return lastAction;
    }

    function signIn(server, handle, password) {
        return action("signIn", {"server": server, "handle": handle, "password": password});
    }
    function registerAccount(server, handle, displayName, password, invite) {
        return action("registerAccount", {"server": server, "handle": handle, "displayName": displayName, "password": password, "invite": invite});
    }
    function signOut() {
        record("signOut", null);
        phase = "signedOut";
    }
    function signInAgain() {
        record("signInAgain", null);
        signingInAgain = true;
        phase = "signedOut";
    }
    function cancelSigningInAgain() {
        signingInAgain = false;
        phase = "signedIn";
    }
    function keepTokenInFile() { record("keepTokenInFile", null); }
    signal draftLoaded(string conversationId, string text)
    function reconnect() { record("reconnect", null); }

    function openConversation(id) {
        record("openConversation", id);
        currentId = id;
        current = {};
        for (let i = 0; i < conversations.count; ++i) {
            const row = conversations.get(i);
            if (row.conversationId === id) {
                conversations.setProperty(i, "unreadCount", 0);
                conversations.setProperty(i, "markedUnread", false);
                current = {
                    "conversationId": id, "title": row.title, "kind": row.kind, "avatarSeed": row.avatarSeed,
                    "otherUserId": row.otherUserId, "isSelf": row.isSelf,
                    "subtitle": row.kind === "direct" ? "@" + row.avatarSeed.substring(2) : "4 members"
                };
            }
        }
        fillTimeline(id);
    }

    function knows(id) {
        for (let i = 0; i < conversations.count; ++i) {
            if (conversations.get(i).conversationId === id)
                return true;
        }
        return false;
    }
    function draftOf(id) { return drafts[id] ?? ""; }
    function saveDraft(id, text) {
        record("saveDraft", {"id": id, "text": text});
        const copy = Object.assign({}, drafts);
        copy[id] = text;
        drafts = copy;
        for (let i = 0; i < conversations.count; ++i) {
            if (conversations.get(i).conversationId === id)
                conversations.setProperty(i, "draft", text);
        }
    }
    function setTyping(id, typing) { record("setTyping", {"id": id, "typing": typing}); }
    function send(id, text) {
        record("send", {"id": id, "text": text});
        drafts = Object.assign({}, drafts, {[id]: ""});
        if (timeline.count > 0)
            timeline.setProperty(0, "lastOfGroup", !timeline.get(0).isOwn);
        timeline.insert(0, message({"key": "k-new-" + calls.length, "text": text, "isOwn": true, "state": "Pending", "createdAt": new Date(),
                                    "firstOfGroup": timeline.count === 0 || !timeline.get(0).isOwn}));
    }
    function edit(key, text) {
        record("edit", {"key": key, "text": text});
        update(key, {"text": text, "edited": true});
    }
    function remove(key) {
        record("remove", key);
        update(key, {"deleted": true, "text": ""});
    }
    function retry(key) {
        record("retry", key);
        update(key, {"state": "Pending", "errorText": ""});
    }
    function discard(key) {
        record("discard", key);
        for (let i = 0; i < timeline.count; ++i) {
            if (timeline.get(i).key === key) {
                timeline.remove(i);
                return;
            }
        }
    }
    function copy(text) { record("copy", text); }
    function loadOlder() { record("loadOlder", null); }
    function loadHole(row) { record("loadHole", row); }
    function lastOwnMessage() {
        for (let i = 0; i < timeline.count; ++i) {
            const row = timeline.get(i);
            if (row.isOwn && !row.deleted && row.state !== "Failed")
                return {"key": row.key, "text": row.text};
        }
        return {};
    }
    function markRead() { record("markRead", currentId); }
    function showReaders(messageId) {
        record("showReaders", messageId);
        readers.clear();
        if (messageId === 0)
            return;
        readers.append({"userId": "u-grace", "displayName": "Grace Hopper", "receipt": "read"});
        readers.append({"userId": "u-layla", "displayName": "ليلى حداد", "receipt": "read"});
        readers.append({"userId": "u-yuki", "displayName": "田中 ゆき", "receipt": "delivered"});
    }
    function loadNewer() { record("loadNewer", null); }
    function jumpToNewest() { record("jumpToNewest", null); }
    function createDirect(userId) { return action("createDirect", userId); }
    function createGroup(title, ids) { return action("createGroup", {"title": title, "ids": ids}); }
    function rename(title) { return action("rename", title); }
    function addMembers(ids) { return action("addMembers", ids); }
    function removeMember(id) { return action("removeMember", id); }
    function leave() { return action("leave", currentId); }
    function personPresence(owner) { return presenceComponent.createObject(owner, {"session": session}); }
    function setPresence(userId, presence) { presences = Object.assign({}, presences, {[userId]: presence}); }
    function setStatus(text, expiresAt) { return action("setStatus", {"text": text, "expiresAt": expiresAt}); }
    function setLastSeenHidden(hidden) { return action("setLastSeenHidden", hidden); }
    function updateName(name) { return action("updateName", name); }
    function changePassword(current, next) { return action("changePassword", {"current": current, "next": next}); }
    function deleteAccount(password) { return action("deleteAccount", password); }
    function update(key, values) {
        for (let i = 0; i < timeline.count; ++i) {
            if (timeline.get(i).key === key)
                timeline.set(i, values);
        }
    }

    function ago(days, minutes) {
        return new Date(Date.now() - days * 86400000 - minutes * 60000);
    }

    function message(values) {
        return Object.assign({
            "key": "", "messageId": 0, "text": "", "senderId": "u-me", "senderName": "Ada Lovelace", "isOwn": false,
            "createdAt": new Date(), "edited": false, "deleted": false, "state": "Received", "errorText": "",
            "firstOfGroup": true, "lastOfGroup": true, "daySeparator": "", "isHole": false, "holeLoading": false, "firstUnread": false
        }, values);
    }

    function conversation(id, title, kind, seed, text, sender, at, more) {
        conversations.append(Object.assign({
            "conversationId": id, "title": title, "kind": kind, "avatarSeed": seed, "lastMessageText": text,
            "otherUserId": kind === "direct" ? seed : "", "isSelf": kind === "direct" && seed === "u-me",
            "lastMessageSender": sender, "lastMessageOwn": sender === "You", "lastMessageAt": at, "unreadCount": 0, "markedUnread": false,
            "pendingCount": 0, "failedCount": 0, "draft": "", "typingCount": 0, "typingName": ""
        }, more ?? {}));
    }

    function fillConversations() {
        conversations.clear();
        conversation("c-lake", "Weekend at the lake 🏕️", "group", "c-lake", "I'll bring the canoe and the good coffee", "Grace", ago(0, 2), {"unreadCount": 3});
        conversation("c-grace", "Grace Hopper", "direct", "u-grace", "Shipped. Thank you for the late review!", "", ago(0, 14));
        conversation("c-yuki", "田中 ゆき", "direct", "u-yuki", "明日の打ち合わせ、10時からで大丈夫ですか？", "", ago(0, 47), {"unreadCount": 1});
        conversation("c-layla", "ليلى حداد", "direct", "u-layla", "تمام، نلتقي عند المدخل الساعة السابعة", "", ago(0, 130));
        conversation("c-design", "Design review", "group", "c-design", "The new spacing scale feels right 👌", "You", ago(0, 190), {"pendingCount": 1});
        conversation("c-olga", "Ольга Гранина", "direct", "u-olga", "Отчёт готов, посмотри, пожалуйста, третий раздел", "", ago(1, 20), {"markedUnread": true});
        conversation("c-gran", "Gran", "direct", "u-gran", "Call me when you are home, dear", "", ago(1, 300), {"draft": "I will, around eight. Do you still"});
        conversation("c-priya", "प्रिया शर्मा", "direct", "u-priya", "कल की मीटिंग के लिए धन्यवाद!", "", ago(2, 10));
        conversation("c-ops", "On call", "group", "c-ops", "Disk on node 4 is back to normal", "You", ago(3, 0), {"failedCount": 1});
        conversation("c-book", "Book club", "group", "c-book", "Next: “The Left Hand of Darkness”", "Kwame", ago(5, 0));
        conversation("c-flat", "Flat 3B", "group", "c-flat", "Who has the spare key?", "Marta", ago(9, 0));
    }

    /// Appends, newest first, what is listed oldest first.
    function fillTimeline(id) {
        timeline.clear();
        if (id === "c-empty" || id.length === 0)
            return;
        const rows = id === "c-layla" ? arabicRows() : id === "c-lake" ? groupRows() : directRows();
        let previousDay = "";
        const finished = [];
        for (let i = 0; i < rows.length; ++i) {
            const row = message(rows[i]);
            row.key = row.key.length > 0 ? row.key : id + "-" + i;
            row.messageId = i + 1;
            const before = i > 0 ? rows[i - 1] : null;
            const after = i + 1 < rows.length ? rows[i + 1] : null;
            const day = row.createdAt.toDateString();
            row.daySeparator = day === previousDay ? "" : Qt.formatDate(row.createdAt, "yyyy-MM-dd");
            row.firstOfGroup = before === null || before.senderId !== rows[i].senderId || row.daySeparator.length > 0;
            row.lastOfGroup = after === null || after.senderId !== rows[i].senderId || after.createdAt.toDateString() !== day;
            previousDay = day;
            finished.push(row);
        }
        finished.reverse();
        timeline.append(finished);
    }

    function own(text, state, at, more) {
        return Object.assign({"text": text, "isOwn": true, "senderId": "u-me", "state": state, "createdAt": at}, more ?? {});
    }

    function other(id, name, text, at, more) {
        return Object.assign({"text": text, "senderId": id, "senderName": name, "createdAt": at}, more ?? {});
    }

    function groupRows() {
        return [
            other("u-grace", "Grace Hopper", "The cabin is ours from Friday noon until Sunday evening 🎉", ago(1, 400)),
            other("u-grace", "Grace Hopper", "Two rooms, one sofa, a stove, and a jetty. No reception, so tell people beforehand.", ago(1, 399)),
            own("Perfect. I can take three people in my car", "Read", ago(1, 395)),
            other("u-yuki", "田中 ゆき", "Could I ride with you? I finish at 15:00 on Friday", ago(1, 390)),
            own("Of course! I'll pick you up at the station at half past three", "Read", ago(1, 388)),
            other("u-layla", "ليلى حداد", "سأحضر الخبز والتمر 🌴 هل يحتاج أحد إلى شيء آخر؟", ago(1, 60)),
            other("u-grace", "Grace Hopper", "👩🏽‍🚀🏳️‍🌈", ago(0, 100)),
            other("u-grace", "Grace Hopper", "Forecast: 19° and clear both days. Bring something warm for the evenings anyway, last time we sat outside until two.", ago(0, 96), {"edited": true}),
            own("", "Read", ago(0, 60), {"deleted": true}),
            own("Shopping list so far:\n• pasta, tomatoes, olive oil\n• breakfast for four × 2\n• firewood (they sell it at the harbour)", "Read", ago(0, 32)),
            own("Anything I forgot?", "Read", ago(0, 31)),
            other("u-yuki", "田中 ゆき", "マシュマロ！焚き火には必要です 🔥", ago(0, 12), {"firstUnread": true}),
            other("u-grace", "Grace Hopper", "I'll bring the canoe and the good coffee", ago(0, 2))
        ];
    }

    function directRows() {
        return [
            own("Could you look at the migration once more before I merge?", "Read", ago(2, 200)),
            other("u-grace", "Grace Hopper", "On it", ago(2, 180)),
            other("u-grace", "Grace Hopper", "Two notes:\n1. the index should come before the backfill\n2. the lock timeout is missing in the down path", ago(1, 300)),
            own("Both fixed, and there is a test for the second", "Read", ago(1, 200)),
            other("u-grace", "Grace Hopper", "👏", ago(1, 190)),
            own("Deploying in ten minutes", "Read", ago(0, 60)),
            other("u-grace", "Grace Hopper", "Shipped. Thank you for the late review!", ago(0, 14)),
            own("Any time. Dinner is on you though", "Delivered", ago(0, 9)),
            own("Press 1️⃣ for pizza, 2️⃣ for ramen", "Failed", ago(0, 4), {"errorText": "The message is too long."}),
            own("Or we cook", "Pending", ago(0, 1))
        ];
    }

    function arabicRows() {
        return [
            other("u-layla", "ليلى حداد", "مساء الخير! هل ما زلت قادمًا الليلة؟", ago(0, 160)),
            own("نعم بالتأكيد، أنهي العمل عند السادسة", "Read", ago(0, 150)),
            own("Which entrance was it again?", "Read", ago(0, 149)),
            other("u-layla", "ليلى حداد", "المدخل الشمالي، بجانب مقهى Arabica", ago(0, 140)),
            other("u-layla", "ليلى حداد", "تمام، نلتقي عند المدخل الساعة السابعة", ago(0, 130))
        ];
    }

    function fillMembers() {
        members.clear();
        members.append({"userId": "u-me", "displayName": "Ada Lovelace", "handle": "ada", "role": "owner", "isMe": true});
        members.append({"userId": "u-grace", "displayName": "Grace Hopper", "handle": "grace", "role": "member", "isMe": false});
        members.append({"userId": "u-yuki", "displayName": "田中 ゆき", "handle": "yuki", "role": "member", "isMe": false});
        members.append({"userId": "u-layla", "displayName": "ليلى حداد", "handle": "layla", "role": "member", "isMe": false});
    }

    Component.onCompleted: {
        fillConversations();
        fillMembers();
    }
}
