// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Window
import Confab.App.Text
import Confab.App.Theme

/// A person's or conversation's round picture: letters of the name on a colour made from the id, with a mark that says
/// whether they are there.
Image {
    id: avatar

    property string seed
    property string name
    property int size: 40
    /// "online" or "away"; anything else shows no mark.
    property string presence
    /// What the picture stands on; the mark is parted from the picture by it.
    property color surface: Theme.canvas

    readonly property string letters: DisplayText.initials(name)

    width: size
    height: size
    sourceSize.width: size * Screen.devicePixelRatio
    sourceSize.height: size * Screen.devicePixelRatio
    source: "image://avatar/" + encodeURIComponent(seed.length > 0 ? seed : name) + "/" + encodeURIComponent(letters)
    Accessible.ignored: true

    PresenceMark {
        objectName: "presenceMark"
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.rightMargin: avatar.size >= 64 ? Math.round(avatar.size * 0.04) : -2
        anchors.bottomMargin: anchors.rightMargin
        presence: avatar.presence
        surface: avatar.surface
        size: Math.max(8, Math.min(16, Math.round(avatar.size * 0.26)))
    }
}
