// SPDX-License-Identifier: MIT
import QtQuick

/// How one person is present, asked for as long as this lives. An empty `userId` asks for nobody.
QtObject {
    id: watch

    required property var session
    property string userId
    property var person: null
    property bool complete: false

    /// "unknown", "offline", "away" or "online".
    readonly property string state: person !== null ? person.state : "unknown"
    readonly property string statusText: person !== null ? person.statusText : ""
    readonly property var lastSeenAt: person !== null ? person.lastSeenAt : undefined
    /// What a screen reader says after the name; empty where there is no mark.
    readonly property string word: state === "online" ? qsTr("Online") : state === "away" ? qsTr("Away") : ""

    function follow() {
        if (complete && person === null && userId.length > 0)
            person = session.personPresence(watch);
        if (person !== null)
            person.userId = userId;
    }

    onUserIdChanged: follow()
    Component.onCompleted: {
        complete = true;
        follow();
    }
}
