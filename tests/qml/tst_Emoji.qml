// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import Confab.App.Controls
import Confab.App.TestKit

/// Emoji are drawn in colour and joined sequences as one picture.
Rectangle {
    id: root

    width: 600
    height: 200
    color: "white"

    ScreenProbe { id: probe }
    UserText {
        id: single

        x: 10
        y: 10
        font.pixelSize: 48
        source: "👏"
    }
    UserText {
        id: shown

        x: 10
        y: 90
        font.pixelSize: 48
    }
    TestCase {
        name: "Emoji"
        when: windowShown

        function test_oneColouredPicture_data() {
            return [
                {"tag": "astronaut", "text": "👩🏽‍🚀", "coloured": true},
                {"tag": "rainbow flag", "text": "🏳️‍🌈", "coloured": true},
                // Drawn in black and white by the font; that it is one picture is what counts.
                {"tag": "eye in bubble", "text": "👁️‍🗨️", "coloured": false},
                {"tag": "family", "text": "👨‍👩‍👧‍👦", "coloured": false},
                {"tag": "flag", "text": "🇺🇸", "coloured": true},
                {"tag": "keycap", "text": "#️⃣", "coloured": true},
                {"tag": "heart on fire", "text": "❤️‍🔥", "coloured": true},
                {"tag": "heart", "text": "❤️", "coloured": true},
                {"tag": "man with beard", "text": "🧔‍♂️", "coloured": true}
            ];
        }

        function test_oneColouredPicture(data) {
            shown.source = data.text;
            waitForRendering(root);
            verify(shown.implicitWidth < single.implicitWidth * 1.25,
                   data.tag + " is " + shown.implicitWidth + " wide, one picture is " + single.implicitWidth);
            verify(shown.implicitWidth > single.implicitWidth * 0.7);
            if (data.coloured)
                verify(probe.colouredPixels(shown) > 60, "coloured pixels: " + probe.colouredPixels(shown));
            verify(probe.inkShare(shown) > 0.1);
        }

        function test_lettersHaveNoColour() {
            shown.source = "abc #1";
            waitForRendering(root);
            compare(probe.colouredPixels(shown), 0);
        }
    }
}
