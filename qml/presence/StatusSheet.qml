// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Text
import Confab.App.Theme

/// What the person says of themselves for the time being: a text, or one of a few at hand, and when it ends.
Sheet {
    id: sheet

    required property var session
    property var attempt: null
    property int endsIndex: 0
    /// When the present status ends, which stays until another end is chosen.
    property var keptEnd: undefined

    readonly property bool busy: attempt !== null && attempt.running
    readonly property string problem: attempt !== null && !busy ? attempt.errorMessage : ""
    readonly property string current: session.ownPresence.statusText ?? ""
    readonly property int left: session.statusLength - DisplayText.codePoints(field.text.trim())
    readonly property var ends: [
        {"text": qsTr("Don't clear"), "minutes": 0},
        {"text": qsTr("30 minutes"), "minutes": 30},
        {"text": qsTr("1 hour"), "minutes": 60},
        {"text": qsTr("4 hours"), "minutes": 240},
        {"text": qsTr("Today"), "minutes": -1},
        {"text": qsTr("This week"), "minutes": -7}
    ]
    readonly property var presets: [
        {"text": qsTr("In a meeting"), "ends": 2},
        {"text": qsTr("Commuting"), "ends": 1},
        {"text": qsTr("Out sick"), "ends": 4},
        {"text": qsTr("On holiday"), "ends": 5}
    ]

    function endOf(index) {
        const now = new Date();
        const minutes = ends[index]["minutes"];
        if (minutes > 0)
            return new Date(now.getTime() + minutes * 60000);
        return minutes === -1 ? Dates.endOfDay(now) : minutes === -7 ? Dates.endOfWeek(now) : new Date(NaN);
    }

    function choose(preset) {
        field.text = preset["text"];
        keptEnd = undefined;
        endsIndex = preset["ends"];
    }

    function submit() {
        if (accept.enabled)
            attempt = session.setStatus(field.text.trim(), keptEnd !== undefined ? keptEnd : endOf(endsIndex));
    }

    title: qsTr("Set a status")
    onAboutToShow: {
        attempt = null;
        field.text = current;
        endsIndex = 0;
        keptEnd = session.ownPresence.statusExpiresAt;
    }
    onOpened: {
        field.input.forceActiveFocus(Qt.PopupFocusReason);
        field.input.selectAll();
    }

    Connections {
        target: sheet.attempt
        ignoreUnknownSignals: true

        function onSucceeded() {
            sheet.close();
        }
    }
    FormField {
        id: field

        objectName: "statusField"
        label: qsTr("Status")
        placeholder: qsTr("What are you up to?")
        hint: sheet.left > 20 ? "" : qsTr("%n character(s) left", "", Math.max(0, sheet.left))
        error: sheet.left < 0 ? qsTr("%n character(s) too long", "", -sheet.left) : sheet.problem
        Layout.fillWidth: true
        onAccepted: sheet.submit()
    }
    RowLayout {
        visible: sheet.current.length > 0
        spacing: Theme.space2
        Layout.fillWidth: true

        AppText {
            objectName: "keptEnd"
            text: sheet.keptEnd !== undefined ? Dates.ending(sheet.keptEnd, Dates.today) : ""
            font.pixelSize: Theme.small
            color: Theme.textSecondary
            horizontalAlignment: Text.AlignLeft
            Layout.fillWidth: true
        }
        AppButton {
            objectName: "statusClear"
            kind: AppButton.Quiet
            text: qsTr("Clear status")
            enabled: !sheet.busy
            Layout.rightMargin: -Theme.space3
            onClicked: sheet.attempt = sheet.session.setStatus("", new Date(NaN))
        }
    }
    Flickable {
        id: flick

        clip: true
        contentHeight: choices.implicitHeight
        implicitHeight: Math.min(choices.implicitHeight, sheet.parent !== null ? Math.max(120, sheet.parent.height - 320) : choices.implicitHeight)
        boundsBehavior: Flickable.StopAtBounds
        Layout.fillWidth: true
        Layout.leftMargin: -Theme.space3
        Layout.rightMargin: -Theme.space3

        ColumnLayout {
            id: choices

            width: flick.width
            spacing: 0

            Repeater {
                objectName: "presets"
                model: sheet.presets

                ListRow {
                    id: preset

                    required property int index
                    required property var modelData

                    text: String(modelData["text"])
                    implicitHeight: Theme.touch ? 48 : 40
                    Accessible.role: Accessible.Button
                    Accessible.description: length.text
                    Layout.fillWidth: true
                    onClicked: sheet.choose(preset.modelData)

                    contentItem: RowLayout {
                        spacing: Theme.space3

                        AppText {
                            text: preset.text
                            horizontalAlignment: Text.AlignLeft
                            Layout.fillWidth: true
                        }
                        AppText {
                            id: length

                            text: String(sheet.ends[preset.modelData["ends"]]["text"])
                            font.pixelSize: Theme.small
                            color: Theme.textTertiary
                        }
                    }
                }
            }
            SectionLabel {
                id: endsLabel

                text: qsTr("Clear after")
                Layout.fillWidth: true
            }
            Flow {
                id: endsFlow

                spacing: Theme.space2
                Layout.fillWidth: true
                Layout.leftMargin: Theme.space3
                Layout.rightMargin: Theme.space3
                Layout.bottomMargin: 2
                Accessible.role: Accessible.Grouping
                Accessible.name: endsLabel.text

                Repeater {
                    objectName: "ends"
                    model: sheet.ends

                    ChoicePill {
                        required property int index
                        required property var modelData

                        text: String(modelData["text"])
                        checked: sheet.keptEnd === undefined && sheet.endsIndex === index
                        onClicked: {
                            sheet.keptEnd = undefined;
                            sheet.endsIndex = index;
                        }
                    }
                }
            }
        }
    }

    actions: [
        AppButton {
            objectName: "statusCancel"
            text: qsTr("Cancel")
            onClicked: sheet.close()
        },
        AppButton {
            id: accept

            objectName: "statusSave"
            kind: AppButton.Primary
            text: qsTr("Save")
            busy: sheet.busy
            enabled: !sheet.busy && sheet.left >= 0 && (field.text.trim().length > 0 || sheet.current.length > 0)
            onClicked: sheet.submit()
        }
    ]
}
