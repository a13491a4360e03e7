// SPDX-License-Identifier: MIT
// main() of the app's Qt Quick tests: the tst_*.qml beside it, with the app's modules, fonts and images.
#include "qml/AppModules.h"

#include <QtCore/QObject>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlEngine>
#include <QtQml/QQmlExtensionPlugin>
#include <QtQuickTest/quicktest.h>

Q_IMPORT_QML_PLUGIN(Confab_App_TestKitPlugin)

/// Prepares application and engine as apps/confab does.
class Setup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void applicationAvailable() { confab::app::prepareApplication(*qGuiApp); }
    void qmlEngineAvailable(QQmlEngine *engine) { confab::app::prepareEngine(*engine); }
};

QUICK_TEST_MAIN_WITH_SETUP(confab, Setup)

#include "main.moc"
