// SPDX-License-Identifier: MIT
import QtQuick

/// The devices somebody is signed in on, as the SDK's SessionListModel has them.
ListModel {
    id: devices

    property bool running: false
    property string errorMessage

    function refresh() {
        clear();
        append({"sessionId": "s-1", "deviceName": "Laptop (Linux)", "current": true, "lastActiveAt": new Date()});
        append({"sessionId": "s-2", "deviceName": "Phone", "current": false, "lastActiveAt": new Date(Date.now() - 5400000)});
        append({"sessionId": "s-3", "deviceName": "Terminal on build-7", "current": false, "lastActiveAt": new Date(Date.now() - 3 * 86400000)});
    }

    function revoke(id) {
        for (let i = 0; i < count; ++i) {
            if (get(i).sessionId === id) {
                remove(i);
                return;
            }
        }
    }
}
