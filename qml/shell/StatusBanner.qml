// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Controls

/// What the connection is doing, when that is worth a line.
Banner {
    id: banner

    required property var session

    readonly property string connection: session.connection

    tone: connection === "sessionEnded" ? Banner.Danger
          : connection === "offline" || connection === "keyringLocked" ? Banner.Warning : Banner.Neutral
    busy: connection === "connecting" || connection === "updating"
    iconName: connection === "offline" ? "offline" : connection === "keyringLocked" ? "lock" : "alert"
    text: {
        switch (connection) {
        case "offline":
            return qsTr("You are offline. What you write is sent when the connection is back.");
        case "connecting":
            return qsTr("Connecting…");
        case "updating":
            return qsTr("Updating…");
        case "sessionEnded":
            return qsTr("This session has ended. Sign in again to go on.");
        case "keyringLocked":
            return qsTr("The keyring is locked, so Confab cannot sign in. Your messages are safe.");
        default:
            return "";
        }
    }
    actionText: connection === "sessionEnded" ? qsTr("Sign in") : connection === "keyringLocked" ? qsTr("Try again")
                : connection === "offline" ? qsTr("Try now") : ""
    onAction: {
        if (connection === "sessionEnded")
            session.signInAgain();
        else
            session.reconnect();
    }
}
