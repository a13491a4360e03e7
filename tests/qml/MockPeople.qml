// SPDX-License-Identifier: MIT
import QtQuick

/// People found by name or handle, as the SDK's UserSearchModel has them.
ListModel {
    id: people

    property var directory: []
    property string query
    property bool running: false
    property string errorMessage
    /// A search stays running, with the rows found before, until answer() is called.
    property bool slow: false

    onQueryChanged: {
        running = query.length > 0;
        if (!running || !slow)
            answer();
    }

    function answer() {
        clear();
        const wanted = query.toLowerCase();
        if (wanted.length > 0) {
            for (const person of directory) {
                if (person.displayName.toLowerCase().includes(wanted) || person.handle.includes(wanted))
                    append(Object.assign({"isMe": false}, person));
            }
        }
        running = false;
    }
}
