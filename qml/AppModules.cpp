// SPDX-License-Identifier: MIT
#include "qml/AppModules.h"

#include "qml/controls/AvatarProvider.h"
#include "qml/controls/IconProvider.h"

#include <QtCore/QLocale>
#include <QtCore/QTranslator>
#include <QtGui/QFont>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlEngine>
#include <QtQml/QQmlExtensionPlugin>

Q_IMPORT_QML_PLUGIN(Confab_App_TextPlugin)
Q_IMPORT_QML_PLUGIN(Confab_App_ThemePlugin)
Q_IMPORT_QML_PLUGIN(Confab_App_ControlsPlugin)
Q_IMPORT_QML_PLUGIN(Confab_App_PresencePlugin)
Q_IMPORT_QML_PLUGIN(Confab_App_SignInPlugin)
Q_IMPORT_QML_PLUGIN(Confab_App_ConversationsPlugin)
Q_IMPORT_QML_PLUGIN(Confab_App_TimelinePlugin)
Q_IMPORT_QML_PLUGIN(Confab_App_SettingsPlugin)
Q_IMPORT_QML_PLUGIN(Confab_App_ShellPlugin)

namespace confab::app {

using namespace Qt::StringLiterals;

void prepareApplication(QGuiApplication &application)
{
    QFont font = application.font();
    font.setFamilies({u"Inter"_s, u"Noto Sans"_s, u"Noto Color Emoji"_s});
    font.setPixelSize(14);
    font.setHintingPreference(QFont::PreferNoHinting);
    application.setFont(font);

    // The sources' language is English, with plurals in a translation of its own; other languages come before it.
    for (const QLocale &locale : {QLocale(QLocale::English), QLocale()}) {
        auto *translator = new QTranslator(&application);
        if (translator->load(locale, u"confab"_s, u"_"_s, u":/confab/translations"_s))
            QCoreApplication::installTranslator(translator);
    }
}

void prepareEngine(QQmlEngine &engine)
{
    engine.addImportPath(u"qrc:/qt/qml"_s);
    engine.addImageProvider(u"avatar"_s, new AvatarProvider);
    engine.addImageProvider(u"icon"_s, new IconProvider);
}

} // namespace confab::app
