// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Controls

/// What the connection is doing, when that is worth a line.
Banner {
    id: banner

    required property var session

    readonly property string connection: session.connection

    tone: connection === "sessionEnded" ? Banner.Danger
          : connection === "connecting" || connection === "updating" ? Banner.Neutral : Banner.Warning
    busy: connection === "connecting" || connection === "updating"
    iconName: connection === "offline" ? "offline" : connection === "keyringLocked" || connection === "keyringMissing" ? "lock" : "alert"
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
        case "keyringMissing":
            return qsTr("There is no keyring here. Without one you sign in again after each start.");
        case "storageFull":
            return qsTr("The disk is full. Nothing is lost, but nothing new can be kept until there is room.");
        default:
            return "";
        }
    }
    actionText: connection === "sessionEnded" ? qsTr("Sign in") : connection === "keyringLocked" ? qsTr("Try again")
                : connection === "keyringMissing" ? qsTr("Keep in a private file")
                : connection === "offline" ? qsTr("Try now") : ""
    onAction: {
        if (connection === "sessionEnded")
            session.signInAgain();
        else if (connection === "keyringMissing")
            session.keepTokenInFile();
        else
            session.reconnect();
    }
}
