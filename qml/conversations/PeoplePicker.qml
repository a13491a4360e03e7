// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import Confab.App.Controls
import Confab.App.Theme

/// Finds people by name or handle; chooses one, or gathers several as chips.
FocusScope {
    id: picker

    required property var session
    property bool several: false
    /// The chosen people: objects with userId, displayName and handle.
    property var chosen: []
    property var excludedIds: []

    readonly property var search: session.people
    readonly property bool asked: field.text.trim().length > 0
    /// Return was pressed before the answer to what stands in the field was there.
    property bool awaitsFirst: false

    signal picked(var person)

    function isChosen(userId) {
        return chosen.some(person => person.userId === userId);
    }

    function toggle(person) {
        if (isChosen(person.userId))
            chosen = chosen.filter(other => other.userId !== person.userId);
        else
            chosen = chosen.concat([person]);
    }

    function choose(person) {
        if (several) {
            toggle(person);
            field.selectAll();
        } else {
            picked(person);
        }
    }

    /// Chooses the first found who can be chosen, once the search for what was typed is answered.
    function chooseFirst() {
        awaitsFirst = search.running;
        if (awaitsFirst)
            return;
        for (let row = 0; row < search.count; ++row) {
            const {userId, displayName, handle} = search.get(row);
            if (!excludedIds.includes(userId)) {
                choose({"userId": userId, "displayName": displayName, "handle": handle});
                return;
            }
        }
    }

    Component.onDestruction: search.query = ""

    Connections {
        target: picker.search

        function onQueryChanged() {
            picker.awaitsFirst = false;
        }
        function onRunningChanged() {
            if (picker.awaitsFirst)
                picker.chooseFirst();
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: Theme.space2

        AppTextField {
            id: field

            objectName: "peopleField"
            focus: true
            iconName: "search"
            placeholderText: qsTr("Name or handle")
            inputMethodHints: Qt.ImhNoAutoUppercase | Qt.ImhNoPredictiveText
            Layout.fillWidth: true
            Layout.leftMargin: Theme.space3
            Layout.rightMargin: Theme.space3
            onTextChanged: picker.search.query = text.trim()
            Keys.onDownPressed: list.forceActiveFocus(Qt.TabFocusReason)
            onAccepted: picker.chooseFirst()
        }
        Flow {
            spacing: 6
            visible: picker.several && picker.chosen.length > 0
            Layout.fillWidth: true
            Layout.leftMargin: Theme.space3
            Layout.rightMargin: Theme.space3

            Repeater {
                model: picker.chosen

                Chip {
                    required property var modelData

                    seed: modelData.userId
                    name: modelData.displayName
                    onClicked: picker.toggle(modelData)
                }
            }
        }
        ListView {
            id: list

            objectName: "peopleList"
            model: picker.asked ? picker.search : null
            clip: true
            leftMargin: Theme.space2
            rightMargin: Theme.space2
            spacing: 2
            boundsBehavior: Flickable.StopAtBounds
            keyNavigationEnabled: true
            Layout.fillWidth: true
            Layout.fillHeight: true
            Accessible.role: Accessible.List
            Accessible.name: qsTr("People found")

            delegate: PersonRow {
                id: person

                readonly property bool alreadyThere: picker.excludedIds.includes(userId)

                width: ListView.view.width - 2 * Theme.space2
                session: picker.session
                note: alreadyThere ? qsTr("Already here") : ""
                enabled: !alreadyThere
                opacity: enabled ? 1 : 0.55
                choosing: picker.several && !alreadyThere
                chosen: picker.isChosen(userId)
                focus: ListView.isCurrentItem
                onClicked: picker.choose({"userId": userId, "displayName": displayName, "handle": handle})
            }

            EmptyState {
                anchors.fill: parent
                anchors.bottomMargin: Theme.space12
                visible: list.count === 0 && !picker.search.running
                iconName: picker.asked ? "search" : "users"
                title: !picker.asked ? qsTr("Find people") : picker.search.errorMessage.length > 0 ? qsTr("Search did not work")
                                                           : qsTr("Nobody found")
                message: !picker.asked ? qsTr("Type a name or a handle.")
                         : picker.search.errorMessage.length > 0 ? picker.search.errorMessage
                         : qsTr("Check the spelling, or ask for their handle.")
            }
            Spinner {
                anchors.horizontalCenter: parent.horizontalCenter
                y: Theme.space6
                running: picker.search.running && list.count === 0
            }
        }
    }
}
