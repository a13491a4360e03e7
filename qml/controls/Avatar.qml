// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Window
import Confab.App.Text

/// A person's or conversation's round picture: letters of the name on a colour made from the id.
Image {
    id: avatar

    property string seed
    property string name
    property int size: 40

    readonly property string letters: DisplayText.initials(name)

    width: size
    height: size
    sourceSize.width: size * Screen.devicePixelRatio
    sourceSize.height: size * Screen.devicePixelRatio
    source: "image://avatar/" + encodeURIComponent(seed.length > 0 ? seed : name) + "/" + encodeURIComponent(letters)
    Accessible.ignored: true
}
