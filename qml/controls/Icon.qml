// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Window
import Confab.App.Theme

/// A line icon, sharp at every scale; `directional` ones point the other way in right-to-left layouts.
Image {
    id: icon

    property string name
    property color color: Theme.textSecondary
    property int size: 20
    property bool directional: false

    width: size
    height: size
    sourceSize.width: size * Screen.devicePixelRatio
    sourceSize.height: size * Screen.devicePixelRatio
    source: name.length > 0 ? "image://icon/" + name + "/" + String(color).substring(1) : ""
    mirror: directional && LayoutMirroring.enabled
}
