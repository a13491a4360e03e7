// SPDX-License-Identifier: MIT
import QtQuick

/// An action as the session gives them out; the test says how it ends.
QtObject {
    property bool running: true
    property string errorField
    property string errorMessage

    signal succeeded(var result)
    signal failed

    function succeed(result) {
        running = false;
        succeeded(result);
    }

    function fail(field, message) {
        errorField = field;
        errorMessage = message;
        running = false;
        failed();
    }
}
