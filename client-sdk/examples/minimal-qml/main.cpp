// SPDX-License-Identifier: MIT
// minimal-qml: opens Main.qml. The environment may name server, profile, handle and password.
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    QGuiApplication app(argc, argv);
    QGuiApplication::setApplicationName(u"minimal-qml"_s);
    QQmlApplicationEngine engine;
    engine.addImportPath(u"" CONFAB_QML_IMPORT_PATH ""_s);
    engine.setInitialProperties({
        {u"server"_s, QUrl(qEnvironmentVariable("CONFAB_SERVER", u"http://127.0.0.1:8484"_s))},
        {u"profile"_s, qEnvironmentVariable("CONFAB_PROFILE")},
        {u"handle"_s, qEnvironmentVariable("CONFAB_HANDLE")},
        {u"password"_s, qEnvironmentVariable("CONFAB_PASSWORD")},
    });
    engine.load(u"qrc:/qt/qml/MinimalQml/Main.qml"_s);
    return engine.rootObjects().isEmpty() ? 1 : app.exec();
}
