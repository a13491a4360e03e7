// SPDX-License-Identifier: MIT
// The Confab app: one window over one profile.
#include "apps/confab/AppSettings.h"
#include "apps/confab/InputWatch.h"
#include "apps/confab/Options.h"
#include "apps/confab/SingleInstance.h"
#include "client-sdk/examples/signin/SignInFile.h"
#include "qml/AppModules.h"
#include "qml/session/Session.h"

#include <Confab/WhenDone.h>
#include <QtCore/QDir>
#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickWindow>
#include <QtQuickControls2/QQuickStyle>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace confab::app;
using confab::Result;
using confab::client::Client;
using confab::client::ClientSettings;

namespace {

constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kBadUsage = 2;

void print(FILE *stream, const QString &text)
{
    std::fputs(qPrintable(text), stream);
}

QList<QRect> screenRects()
{
    QList<QRect> rects;
    const QList<QScreen *> screens = QGuiApplication::screens();
    for (const QScreen *screen : screens)
        rects.append(screen->availableGeometry());
    return rects;
}

/// Signs in as the file's account as soon as it is clear that nobody is signed in. Tries once.
void signInFrom(const SignInFile::Account &account, const QUrl &server, Client &client)
{
    auto *attempt = new QObject(&client);
    const auto tryNow = [&client, account, server, attempt] {
        if (client.state() == Client::State::Starting)
            return;
        attempt->deleteLater();
        if (client.state() != Client::State::SignedOut)
            return;
        client.setServerUrl(server);
        confab::client::whenDone(
            client.signIn(account.handle, account.password), &client, [](const Result<confab::User> &user) {
                if (!user)
                    print(stderr, u"confab: signing in did not work: %1\n"_s.arg(user.error().message));
            });
    };
    QObject::connect(&client, &Client::stateChanged, attempt, tryNow);
    tryNow();
}

void restoreWindow(QQuickWindow &window, const AppSettings &settings)
{
    const QRect rect = settings.windowRect(screenRects());
    if (!rect.isNull())
        window.setGeometry(rect);
    if (settings.isMaximized())
        window.showMaximized();
    else
        window.show();
}

} // namespace

int main(int argc, char **argv)
{
    QGuiApplication application(argc, argv);
    QGuiApplication::setApplicationName(u"confab"_s);
    QGuiApplication::setApplicationDisplayName(u"Confab"_s);
    QGuiApplication::setApplicationVersion(QStringLiteral(CONFAB_VERSION));
    QGuiApplication::setDesktopFileName(u"org.confab.Confab"_s);
    QQuickStyle::setStyle(u"Basic"_s);

    const Result<Options> options = parseOptions(QGuiApplication::arguments());
    if (!options) {
        print(stderr, u"confab: %1\n"_s.arg(options.error().message));
        return kBadUsage;
    }
    if (!options->text.isEmpty()) {
        print(stdout, options->text);
        return kOk;
    }
    if (!QDir().mkpath(options->profile)) {
        print(stderr, u"confab: the profile %1 cannot be made.\n"_s.arg(options->profile));
        return kFailed;
    }
    SingleInstance instance(options->profile);
    if (!instance.claim()) {
        print(stdout, u"Confab is already running with this profile; its window was asked to come to the front.\n"_s);
        return kOk;
    }
    std::optional<SignInFile> signIn;
    if (!options->signInFile.isEmpty()) {
        const Result<SignInFile> read = SignInFile::read(options->signInFile);
        if (!read) {
            print(stderr, u"confab: %1\n"_s.arg(read.error().message));
            return kBadUsage;
        }
        signIn = *read;
    }

    ClientSettings clientSettings;
    clientSettings.profileDirectory = options->profile;
    clientSettings.serverUrl = options->server;
    // The password of such an account lies in a file already; a keyring would protect nothing.
    if (signIn)
        clientSettings.secretPolicy = confab::client::SecretPolicy::PlainFile;
    Client client(clientSettings);
    Session session(client);
    AppSettings settings(options->profile);
    const confab::SystemClock clock;
    const InputWatch input(clock);
    QObject::connect(&input, &InputWatch::awayChanged, &client, &Client::setAway);
    if (signIn)
        signInFrom(signIn->accounts.first(), options->server.isEmpty() ? signIn->server : options->server, client);

    prepareApplication(application);
    QQmlApplicationEngine engine;
    prepareEngine(engine);
    engine.setInitialProperties({{u"session"_s, QVariant::fromValue(&session)},
                                 {u"settings"_s, QVariant::fromValue(&settings)},
                                 {u"serverAddress"_s, options->server.toString()}});
    engine.load(QUrl(u"qrc:/qt/qml/Confab/App/Shell/AppWindow.qml"_s));
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().value(0));
    if (window == nullptr) {
        print(stderr, u"confab: the window cannot be made.\n"_s);
        return kFailed;
    }
    restoreWindow(*window, settings);
    QObject::connect(&instance, &SingleInstance::raiseRequested, window,
                     [window] { QMetaObject::invokeMethod(window, "comeToFront"); });
    QObject::connect(window, &QWindow::activeChanged, &client, [window, &client] {
        if (window->isActive())
            client.probe();
    });
    QObject::connect(&application, &QGuiApplication::aboutToQuit, window, [window, &settings] {
        settings.saveWindow(window->geometry(), window->windowStates().testFlag(Qt::WindowMaximized));
    });
    return QGuiApplication::exec();
}
