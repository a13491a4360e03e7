// SPDX-License-Identifier: MIT
pragma Singleton

import QtQuick
// Qt 6.4 does not load the own module of a singleton by itself.
import Confab.App.Theme

/// Every colour, distance, size and duration the app is drawn with.
QtObject {
    id: theme

    readonly property ColorScheme scheme: ColorScheme { }
    readonly property Fonts fonts: Fonts { }
    readonly property bool dark: scheme.dark
    /// Set by the shell on narrow windows: controls then grow to what a finger hits.
    property bool touch: false
    /// Set by the shell: rows begin at the right. For what floats above the shell and does not inherit it.
    property bool mirrored: false

    // Surfaces, from the back to the front.
    readonly property color canvas: dark ? "#141417" : "#ffffff"
    readonly property color sidebar: dark ? "#1a1a1f" : "#f7f7fa"
    readonly property color raised: dark ? "#222228" : "#ffffff"
    readonly property color field: dark ? "#1f1f25" : "#ffffff"
    readonly property color scrim: dark ? "#a6000000" : "#66181826"
    readonly property color border: dark ? "#2c2c34" : "#e7e7ee"
    readonly property color borderStrong: dark ? "#3c3c47" : "#d2d2dc"
    readonly property color hover: dark ? "#0fffffff" : "#0a1a1a3c"
    readonly property color pressed: dark ? "#1affffff" : "#141a1a3c"
    readonly property color selected: dark ? "#2a2a45" : "#e8e8fb"

    // Ink.
    readonly property color text: dark ? "#ececf1" : "#18181f"
    readonly property color textSecondary: dark ? "#a5a5b2" : "#5c5c6b"
    readonly property color textTertiary: dark ? "#8a8a98" : "#70707f"
    readonly property color accent: dark ? "#6467e6" : "#5356d4"
    readonly property color accentHover: dark ? "#7073ee" : "#484bc6"
    readonly property color accentPressed: dark ? "#5659d8" : "#3d40b2"
    readonly property color accentText: dark ? "#a5a8ff" : "#4a4dc9"
    readonly property color accentSoft: dark ? "#26264a" : "#eeeefc"
    readonly property color accentInk: "#ffffff"
    readonly property color accentInkSoft: dark ? "#d5d6ff" : "#dcdcff"
    readonly property color danger: dark ? "#ff8080" : "#c22f36"
    readonly property color dangerFill: dark ? "#c8434a" : "#cb3a41"
    readonly property color dangerSoft: dark ? "#3a1f24" : "#fdeeee"
    readonly property color warning: dark ? "#f0c060" : "#8a5a00"
    readonly property color warningSoft: dark ? "#342a17" : "#fff5de"
    readonly property color success: dark ? "#5fd39a" : "#1b7f50"
    readonly property color online: dark ? "#3fc98a" : "#15894f"
    readonly property color away: dark ? "#f0b040" : "#c47600"
    readonly property color bubble: dark ? "#26262d" : "#f1f1f6"
    readonly property color bubbleOwn: dark ? "#4d50c4" : "#5356d4"

    // Distances: a scale of four.
    readonly property int space1: 4
    readonly property int space2: 8
    readonly property int space3: 12
    readonly property int space4: 16
    readonly property int space5: 20
    readonly property int space6: 24
    readonly property int space8: 32
    readonly property int space12: 48

    readonly property int radiusSmall: 6
    readonly property int radius: 8
    readonly property int radiusLarge: 12
    readonly property int radiusBubble: 16

    readonly property int controlHeight: touch ? 44 : 36
    readonly property int headerHeight: 56
    readonly property int sidebarWidth: 336
    readonly property int readingWidth: 760

    // Type.
    readonly property int caption: 12
    readonly property int small: 13
    readonly property int body: touch ? 16 : 14
    readonly property int subtitle: touch ? 16 : 15
    readonly property int title: 17
    readonly property int headline: 22
    readonly property int display: 28
    readonly property real lineHeight: 1.35

    // Motion: short, and none for those who set `still`.
    property bool still: false
    readonly property int fast: still ? 0 : 90
    readonly property int normal: still ? 0 : 160
    readonly property int slow: still ? 0 : 240
}
