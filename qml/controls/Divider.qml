// SPDX-License-Identifier: MIT
import QtQuick
import Confab.App.Theme

/// A hairline between two areas.
Rectangle {
    implicitHeight: 1
    implicitWidth: 1
    color: Theme.border
    Accessible.ignored: true
}
