// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Confab.App.Controls
import Confab.App.Theme

/// Where messages are written. What stands in it belongs to `conversationId`: changing that saves the text as the
/// old conversation's draft and brings the new one's.
FocusScope {
    id: composer

    required property var session
    property string conversationId
    property string editingKey
    property string editingText

    readonly property bool editing: editingKey.length > 0
    readonly property bool sendable: area.text.trim().length > 0
    readonly property int maximumLines: 6
    property string textOf
    property string setAside
    /// Whether a person changed the text since it was last saved.
    property bool touched: false

    /// Whether the text is being changed by the program.
    property bool quiet: false

    function show(text) {
        quiet = true;
        area.text = text;
        area.cursorPosition = area.length;
        quiet = false;
    }

    function beginEdit(key, text) {
        if (!editing)
            setAside = area.text;
        editingKey = key;
        editingText = text;
        show(text);
        area.forceActiveFocus();
    }

    function endEdit() {
        if (!editing)
            return;
        editingKey = "";
        editingText = "";
        show(setAside);
        setAside = "";
    }

    function flush() {
        pause.stop();
        if (textOf.length > 0 && touched)
            session.saveDraft(textOf, editing ? setAside : area.text);
        touched = false;
    }

    function send() {
        const text = area.text.trim();
        if (text.length === 0 || textOf !== conversationId)
            return;
        pause.stop();
        if (editing) {
            const key = editingKey;
            const changed = text !== editingText;
            endEdit();
            if (changed)
                session.edit(key, text);
            return;
        }
        show("");
        // Sending clears the draft in the same step; a later save would bring it back.
        pause.stop();
        touched = false;
        session.send(conversationId, text);
    }

    function insert(text) {
        area.insert(area.cursorPosition, text);
    }

    onConversationIdChanged: {
        flush();
        if (textOf.length > 0)
            session.setTyping(textOf, false);
        editingKey = "";
        editingText = "";
        setAside = "";
        textOf = "";
        show(conversationId.length > 0 ? session.draftOf(conversationId) : "");
        textOf = conversationId;
        touched = false;
        pause.stop();
    }
    Component.onDestruction: flush()

    implicitHeight: column.implicitHeight

    Rectangle {
        anchors.fill: parent
        color: Theme.canvas
    }
    Connections {
        target: composer.session
        function onDraftLoaded(conversationId, text) {
            if (conversationId !== composer.textOf || composer.touched || area.length > 0)
                return;
            composer.show(text);
            composer.touched = false;
            pause.stop();
        }
    }
    Timer {
        id: pause

        interval: 400
        onTriggered: composer.flush()
    }
    ColumnLayout {
        id: column

        anchors.left: parent.left
        anchors.right: parent.right
        spacing: 0

        Item {
            objectName: "editBar"
            visible: composer.editing
            implicitHeight: 44
            Layout.fillWidth: true
            Layout.leftMargin: Theme.touch ? Theme.space3 : Theme.space6
            Layout.rightMargin: Theme.touch ? Theme.space2 : Theme.space5

            RowLayout {
                anchors.fill: parent
                spacing: Theme.space3

                Rectangle {
                    implicitWidth: 3
                    implicitHeight: 32
                    radius: 2
                    color: Theme.accent
                }
                ColumnLayout {
                    spacing: 0
                    Layout.fillWidth: true

                    AppText {
                        text: qsTr("Editing")
                        font.pixelSize: Theme.caption
                        font.weight: Font.DemiBold
                        color: Theme.accentText
                        horizontalAlignment: Text.AlignLeft
                        Layout.fillWidth: true
                    }
                    AppText {
                        text: composer.editingText.split("\n")[0]
                        font.pixelSize: Theme.small
                        color: Theme.textSecondary
                        maximumLineCount: 1
                        horizontalAlignment: Text.AlignLeft
                        Layout.fillWidth: true
                    }
                }
                IconButton {
                    objectName: "cancelEdit"
                    iconName: "close"
                    text: qsTr("Cancel editing")
                    onClicked: composer.endEdit()
                }
            }
        }
        RowLayout {
            spacing: Theme.space2
            Layout.fillWidth: true
            Layout.leftMargin: Theme.touch ? Theme.space2 : Theme.space5
            Layout.rightMargin: Theme.touch ? Theme.space2 : Theme.space5
            Layout.topMargin: composer.editing ? 0 : Theme.space1
            Layout.bottomMargin: Theme.touch ? Theme.space2 : Theme.space4

            Rectangle {
                Layout.fillWidth: true
                implicitHeight: Math.max(44, flick.implicitHeight + 2)
                radius: 22
                color: Theme.field
                border.width: area.activeFocus ? 2 : 1
                border.color: area.activeFocus ? Theme.accent : Theme.borderStrong

                Behavior on border.color { ColorAnimation { duration: Theme.fast } }

                Flickable {
                    id: flick

                    readonly property real lineSpacing: metrics.height

                    anchors.fill: parent
                    anchors.margins: 1
                    anchors.leftMargin: Theme.space4
                    anchors.rightMargin: Theme.space4
                    implicitHeight: Math.min(area.contentHeight, lineSpacing * composer.maximumLines)
                                    + area.topPadding + area.bottomPadding
                    contentWidth: width
                    contentHeight: area.implicitHeight
                    boundsBehavior: Flickable.StopAtBounds
                    clip: true

                    function follow(rectangle) {
                        if (rectangle.y < contentY)
                            contentY = Math.max(0, rectangle.y - area.topPadding);
                        else if (rectangle.y + rectangle.height > contentY + height)
                            contentY = rectangle.y + rectangle.height - height + area.bottomPadding;
                    }

                    FontMetrics {
                        id: metrics

                        font: area.font
                    }
                    T.TextArea {
                        id: area

                        objectName: "composerText"
                        width: flick.width
                        height: Math.max(implicitHeight, flick.height)
                        implicitHeight: contentHeight + topPadding + bottomPadding
                        focus: true
                        padding: 0
                        topPadding: Math.round((42 - metrics.height) / 2)
                        bottomPadding: topPadding
                        color: Theme.text
                        selectionColor: Theme.accent
                        selectedTextColor: Theme.accentInk
                        font: Theme.fonts.of(Theme.touch ? 16 : 14)
                        textFormat: TextEdit.PlainText
                        wrapMode: TextEdit.Wrap
                        selectByMouse: true
                        placeholderText: qsTr("Message")
                        Accessible.role: Accessible.EditableText
                        Accessible.name: composer.editing ? qsTr("Edit message") : qsTr("Message")
                        onCursorRectangleChanged: flick.follow(cursorRectangle)
                        onTextChanged: {
                            if (composer.textOf.length === 0)
                                return;
                            composer.touched = true;
                            pause.restart();
                            // Changing what was said is not writing something new.
                            if (!composer.quiet && !composer.editing)
                                composer.session.setTyping(composer.textOf, area.text.trim().length > 0);
                        }
                        Keys.onPressed: event => {
                            const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter;
                            if (enter && (event.modifiers & Qt.ShiftModifier)) {
                                composer.insert("\n");
                                event.accepted = true;
                            } else if (enter && !area.inputMethodComposing) {
                                composer.send();
                                event.accepted = true;
                            } else if (event.key === Qt.Key_Up && event.modifiers === Qt.NoModifier && area.length === 0) {
                                const last = composer.session.lastOwnMessage();
                                if (last.key !== undefined)
                                    composer.beginEdit(last.key, last.text);
                                event.accepted = true;
                            } else if (event.key === Qt.Key_Escape && composer.editing) {
                                composer.endEdit();
                                event.accepted = true;
                            }
                        }

                        AppText {
                            x: 0
                            y: area.topPadding
                            width: parent.width
                            text: area.placeholderText
                            font: area.font
                            color: Theme.textTertiary
                            horizontalAlignment: Text.AlignLeft
                            visible: area.length === 0 && area.preeditText.length === 0
                            Accessible.ignored: true
                        }
                    }
                }
            }
            IconButton {
                objectName: "sendButton"
                filled: true
                enabled: composer.sendable
                implicitWidth: 44
                implicitHeight: 44
                iconName: composer.editing ? "check" : "send"
                iconSize: 22
                text: composer.editing ? qsTr("Save changes") : qsTr("Send")
                focusPolicy: Qt.TabFocus
                Layout.alignment: Qt.AlignBottom
                onClicked: composer.send()
            }
        }
    }
}
