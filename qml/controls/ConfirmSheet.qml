// SPDX-License-Identifier: MIT
import QtQuick

/// Asks once before something that cannot be undone.
Sheet {
    id: confirm

    property string confirmText
    property bool destructive: true

    signal confirmed

    onOpened: cancel.forceActiveFocus(Qt.PopupFocusReason)

    actions: [
        AppButton {
            id: cancel

            objectName: "confirmCancel"
            text: qsTr("Cancel")
            onClicked: confirm.close()
        },
        AppButton {
            objectName: "confirmAccept"
            kind: confirm.destructive ? AppButton.Danger : AppButton.Primary
            text: confirm.confirmText
            onClicked: {
                confirm.close();
                confirm.confirmed();
            }
        }
    ]
}
