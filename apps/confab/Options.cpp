// SPDX-License-Identifier: MIT
#include "apps/confab/Options.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QStandardPaths>

namespace confab::app {

using namespace Qt::StringLiterals;

Result<Options> parseOptions(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Confab, a chat app."_s);
    const QCommandLineOption server(u"server"_s, u"The server to sign in to, with http:// or https://."_s, u"URL"_s);
    const QCommandLineOption signIn(
        u"sign-in-file"_s, u"Sign in as the first account of this file when nobody is signed in."_s, u"FILE"_s);
    const QCommandLineOption profile(u"profile"_s, u"The folder for messages and settings of this user."_s, u"DIR"_s);
    parser.addOptions({server, signIn, profile});
    const QCommandLineOption help = parser.addHelpOption();
    const QCommandLineOption version = parser.addVersionOption();

    if (!parser.parse(arguments))
        return Error::invalid({}, parser.errorText());
    if (!parser.positionalArguments().isEmpty())
        return Error::invalid({}, u"Unknown argument '%1'."_s.arg(parser.positionalArguments().constFirst()));

    Options options;
    if (parser.isSet(help)) {
        options.text = parser.helpText();
    } else if (parser.isSet(version)) {
        options.text = u"confab "_s + QCoreApplication::applicationVersion() + u'\n';
    }
    if (parser.isSet(server)) {
        options.server = QUrl(parser.value(server), QUrl::StrictMode);
        const QString scheme = options.server.scheme();
        if (!options.server.isValid() || options.server.host().isEmpty() ||
            !QStringList{u"http"_s, u"https"_s, u"ws"_s, u"wss"_s}.contains(scheme))
            return Error::invalid(u"server"_s, u"--server needs an address such as https://chat.example.org."_s);
    }
    if (parser.isSet(signIn))
        options.signInFile = QFileInfo(parser.value(signIn)).absoluteFilePath();

    const bool profileGiven = parser.isSet(profile);
    if (profileGiven)
        options.profile = QDir(parser.value(profile)).absolutePath();
    else if (!options.signInFile.isEmpty())
        // An account made for trying out stays apart from the person's own.
        options.profile = QFileInfo(options.signInFile).absolutePath() + u"/app-profile"_s;
    else
        options.profile = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    return options;
}

} // namespace confab::app
