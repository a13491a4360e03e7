// SPDX-License-Identifier: MIT
// confab-terminal: chat in a terminal, over SSH too. An example of the SDK without QML.
#include "ChatShell.h"
#include "SignInFile.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QStandardPaths>

#include <cstdio>

using namespace confab;
using namespace confab::client;
using namespace Qt::StringLiterals;

namespace {

int usageError(const QString &text)
{
    std::fprintf(stderr, "confab-terminal: %s\n", text.toUtf8().constData());
    return 2;
}

/// Who signs in where.
struct Target
{
    QUrl server;
    SignInFile::Account account; ///< The password may be missing: it is asked for then.
};

Result<Target> targetOf(const QCommandLineParser &options)
{
    Target target;
    target.account.handle = options.value(u"handle"_s);
    if (options.isSet(u"sign-in-file"_s)) {
        const Result<SignInFile> file = SignInFile::read(options.value(u"sign-in-file"_s));
        if (!file)
            return file.error();
        target.server = file->server;
        for (const SignInFile::Account &account : file->accounts) {
            if (target.account.handle.isEmpty() || target.account.handle == account.handle) {
                target.account = account;
                break;
            }
        }
    }
    if (options.isSet(u"server"_s))
        target.server = QUrl(options.value(u"server"_s), QUrl::StrictMode);
    if (options.isSet(u"password-file"_s)) {
        QFile file(options.value(u"password-file"_s));
        if (!file.open(QIODevice::ReadOnly))
            return Error::notFound(u"%1: %2"_s.arg(file.fileName(), file.errorString()));
        target.account.password = QString::fromUtf8(file.readLine()).remove(u'\n').remove(u'\r');
    }
    if (!target.server.isValid() || target.server.host().isEmpty())
        return Error::invalid({}, u"--server needs an address such as http://127.0.0.1:8484"_s);
    return target;
}

/// The folder of this account's cache and queue: one for each handle and server.
QString profileOf(const QCommandLineParser &options, const Target &target)
{
    if (options.isSet(u"profile"_s))
        return options.value(u"profile"_s);
    const QString server = u"%1_%2"_s.arg(target.server.host()).arg(target.server.port(0));
    const QString name =
        QString::fromLatin1(QUrl::toPercentEncoding(target.account.handle.toCaseFolded() + u'@' + server, "@"));
    const QString root = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation);
    return QDir(root).filePath("profiles/"_L1 + name);
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"confab-terminal"_s);
    QCommandLineParser options;
    options.setApplicationDescription(u"Chat in a terminal."_s);
    options.addHelpOption();
    options.addOption({u"server"_s, u"The server's address."_s, u"url"_s});
    options.addOption({u"handle"_s, u"Who to sign in as; of a sign-in file the first account, where it is not given."_s,
                       u"handle"_s});
    options.addOption(
        {u"password-file"_s, u"A file whose first line is the password. Without it, it is asked for."_s, u"file"_s});
    options.addOption({u"sign-in-file"_s, u"A file with server and accounts, as confab-demo writes it."_s, u"file"_s});
    options.addOption(
        {u"profile"_s, u"The folder of the local cache. By default one for each handle and server."_s, u"folder"_s});
    options.process(app);

    Result<Target> target = targetOf(options);
    if (!target)
        return usageError(target.error().message);
    SignInFile::Account &account = target->account;

    Terminal terminal;
    const auto signInAndChat = [&] {
        ClientSettings settings;
        settings.serverUrl = target->server;
        settings.profileDirectory = profileOf(options, *target);
        // Where one chats by SSH there is seldom a keyring; the profile is the user's own.
        settings.secretPolicy = SecretPolicy::PlainFile;
        auto *client = new Client(settings, &app);
        auto *shell = new ChatShell(*client, terminal, client);
        QObject::connect(shell, &ChatShell::finished, &app, &QCoreApplication::exit, Qt::QueuedConnection);
        shell->start(account.handle, account.password);
    };

    QMetaObject::Connection asking;
    std::function<void()> askForMissing = [&] {
        const bool handle = account.handle.isEmpty();
        if (!handle && !account.password.isEmpty()) {
            QObject::disconnect(asking);
            terminal.setSecret(false);
            terminal.setPrompt({});
            signInAndChat();
            return;
        }
        terminal.setSecret(!handle);
        terminal.setPrompt(handle ? u"Handle: "_s : u"Password: "_s);
    };
    asking = QObject::connect(&terminal, &Terminal::lineEntered, &app, [&](const QString &line) {
        (account.handle.isEmpty() ? account.handle : account.password) = line;
        askForMissing();
    });
    const QMetaObject::Connection leaving = QObject::connect(&terminal, &Terminal::closed, &app, [&] {
        if (account.handle.isEmpty() || account.password.isEmpty())
            QCoreApplication::exit(1);
    });
    askForMissing();
    const int exitCode = QCoreApplication::exec();
    QObject::disconnect(leaving);
    return exitCode;
}
