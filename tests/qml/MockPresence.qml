// SPDX-License-Identifier: MIT
import QtQuick

/// How one person is present, as the SDK's PersonPresence has it.
QtObject {
    id: presence

    required property var session
    property string userId
    property string counted

    readonly property var told: session.presences[userId] ?? ({})
    readonly property string state: told.state ?? "unknown"
    readonly property string statusText: told.statusText ?? ""
    readonly property date lastSeenAt: told.lastSeenAt ?? new Date(NaN)

    function count(id, change) {
        if (id.length > 0)
            session.watched = Object.assign({}, session.watched, {[id]: (session.watched[id] ?? 0) + change});
    }

    onUserIdChanged: {
        count(counted, -1);
        counted = userId;
        count(userId, 1);
    }
    Component.onDestruction: count(counted, -1)
}
