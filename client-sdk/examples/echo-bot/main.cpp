// SPDX-License-Identifier: MIT
// echo-bot SERVER HANDLE PASSWORD-FILE PROFILE-FOLDER: answers what is said to it with the same words.
#include <Confab/Client.h>
#include <Confab/WhenDone.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>

using namespace confab;
using namespace confab::client;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    QFile passwordFile(arguments.value(3));
    if (arguments.size() != 5 || !passwordFile.open(QIODevice::ReadOnly))
        qFatal("usage: echo-bot SERVER HANDLE PASSWORD-FILE PROFILE-FOLDER");
    const QString password = QString::fromUtf8(passwordFile.readLine().trimmed());

    ClientSettings settings;
    settings.serverUrl = QUrl(arguments.at(1));
    settings.profileDirectory = arguments.at(4);
    settings.secretPolicy = SecretPolicy::PlainFile; // a bot seldom has a keyring
    Client client(settings);
    QObject::connect(&client, &Client::stateChanged, &app, [&] {
        if (client.state() != Client::State::SignedOut && client.state() != Client::State::SessionOver)
            return;
        whenDone(client.signIn(arguments.at(2), password), &app, [](const Result<User> &me) {
            if (!me)
                qFatal("signing in failed: %s", qPrintable(me.error().message));
        });
    });
    QObject::connect(&client, &Client::messageReceived, &app, [&](const Message &message) {
        client.sendMessage(message.conversationId, message.content.text, message.id);
    });
    return app.exec();
}
