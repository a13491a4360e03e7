// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Controls
import Confab.App.Text
import Confab.App.Theme

/// One line on how a person is present: there, away or when last, and what they say of themselves.
AppText {
    id: line

    required property PersonWatch person
    /// What stands there while nothing is known.
    property string fallback

    readonly property string presence: {
        if (person.word.length > 0)
            return person.word;
        return person.state === "offline" ? Dates.lastSeen(person.lastSeenAt ?? new Date(NaN), now) : "";
    }
    readonly property string status: DisplayText.name(person.statusText)
    property int minutesShown: 0
    /// The moment that "5 minutes ago" counts from: when they went, and then each minute.
    property date now: {
        const looks = [minutesShown, person.state, person.lastSeenAt];
        return looks.length > 0 ? new Date() : new Date(NaN);
    }

    text: presence.length > 0 && person.statusText.length > 0 ? qsTr("%1 · %2").arg(presence).arg(status)
          : presence.length > 0 ? presence : person.statusText.length > 0 ? status : fallback
    font.pixelSize: Theme.caption
    color: Theme.textSecondary
    horizontalAlignment: Text.AlignLeft
    maximumLineCount: 1
    Accessible.role: Accessible.StaticText
    Accessible.name: text

    Timer {
        interval: 60000
        repeat: true
        triggeredOnStart: true
        running: line.visible && line.person.state === "offline"
        onTriggered: ++line.minutesShown
    }
}
