// SPDX-License-Identifier: MIT
// confab-demo: fills a server with two accounts that have something to say, or lets them talk while one watches.
#include "Person.h"
#include "Script.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QRandomGenerator>

#include <cstdio>

using namespace confab;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPasswordLength = 20;

void print(const QString &line)
{
    std::printf("%s\n", line.toUtf8().constData());
    std::fflush(stdout);
}

QString randomPassword()
{
    // Without characters that look like others.
    static const QString letters = u"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"_s;
    QString password;
    for (int i = 0; i < kPasswordLength; ++i)
        password += letters.at(QRandomGenerator::system()->bounded(static_cast<int>(letters.size())));
    return password;
}

/// The accounts of the file, or new ones that are written there before they are made, so that no password is lost.
Result<SignInFile> accountsIn(const QString &path, const QUrl &server)
{
    SignInFile made{server, {{u"ada"_s, randomPassword()}, {u"grace"_s, randomPassword()}}};
    if (QFile::exists(path)) {
        const Result<SignInFile> known = SignInFile::read(path);
        if (!known)
            return known;
        if (known->accounts.size() < 2)
            return Error::invalid({}, u"%1 does not name two accounts"_s.arg(path));
        if (known->server == server)
            return known;
        made.accounts = known->accounts;
    }
    const Result<Done> written = made.write(path);
    return written ? Result<SignInFile>(made) : Result<SignInFile>(written.error());
}

/// Both people, signed in.
struct Pair
{
    Person ada;
    Person grace;

    explicit Pair(const QUrl &server) : ada(server, u"Ada Lovelace"_s), grace(server, u"Grace Hopper"_s) { }

    Person &of(Speaker speaker) { return speaker == Speaker::Ada ? ada : grace; }

    Result<Done> enter(const SignInFile &file)
    {
        const Result<Done> entered = ada.enter(file.accounts.at(0));
        return entered ? grace.enter(file.accounts.at(1)) : entered;
    }

    Result<Done> show(ConversationId conversation)
    {
        const Result<Done> shown = ada.show(conversation);
        return shown ? grace.show(conversation) : shown;
    }

    /// Says the lines one after the other, each once the other has seen the one before.
    Result<Done> perform(const QList<Line> &lines)
    {
        for (const Line &line : lines) {
            Person &speaker = of(line.speaker);
            Person &listener = of(line.speaker == Speaker::Ada ? Speaker::Grace : Speaker::Ada);
            const Result<Done> said = speaker.say(line.text);
            if (!said)
                return said;
            const Result<Done> seen = listener.see(line.text);
            if (!seen)
                return seen;
        }
        return Done{};
    }

    Result<Done> leave()
    {
        const Result<Done> left = ada.leave();
        return left ? grace.leave() : left;
    }
};

Result<Done> makeHistory(Pair &pair)
{
    const Result<ConversationId> group = pair.ada.openGroup(u"The clock 🕰️"_s, pair.grace);
    if (!group)
        return group.error();
    Result<Done> done = pair.show(*group);
    if (done)
        done = pair.perform(groupHistory());
    if (!done)
        return done;
    pair.ada.markRead();
    pair.grace.markRead();

    const Result<ConversationId> direct = pair.ada.openDirect(pair.grace);
    if (!direct)
        return direct.error();
    done = pair.show(*direct);
    QList<Line> lines = directHistory();
    // Ada has read all but the last two when somebody signs in as her.
    const QList<Line> unread = lines.mid(lines.size() - 2);
    lines.resize(lines.size() - 2);
    if (done)
        done = pair.perform(lines);
    pair.ada.markRead();
    if (done)
        done = pair.perform(unread);
    pair.grace.markRead();
    return done;
}

Result<Done> seed(const QUrl &server, const QString &path)
{
    const Result<SignInFile> file = accountsIn(path, server);
    if (!file)
        return file.error();
    Pair pair(server);
    Result<Done> done = pair.enter(*file);
    if (done && !pair.ada.hasConversations()) {
        print(u"Making two accounts and their history on %1…"_s.arg(server.toString()));
        done = makeHistory(pair);
    }
    if (done)
        done = pair.leave();
    if (!done)
        return done;
    print(u"Two accounts are ready on %1:"_s.arg(server.toString()));
    for (const SignInFile::Account &account : file->accounts)
        print(u"  handle %1   password %2"_s.arg(account.handle, -8).arg(account.password));
    print(u"Sign in with them in the app, or in a terminal:"_s);
    for (const SignInFile::Account &account : file->accounts)
        print(u"  confab-terminal --sign-in-file %1 --handle %2"_s.arg(path, account.handle));
    return Done{};
}

Result<Done> holdTalk(const QUrl &server, const QString &path)
{
    const Result<SignInFile> file = accountsIn(path, server);
    if (!file)
        return file.error();
    Pair pair(server);
    Result<Done> done = pair.enter(*file);
    if (!done)
        return done;
    const Result<ConversationId> direct = pair.ada.openDirect(pair.grace);
    if (!direct)
        return direct.error();
    done = pair.show(*direct);
    const QList<Line> lines = talk();
    if (done)
        done = pair.perform(lines);
    if (!done)
        return done;
    const QStringList seenByAda = pair.ada.transcript(static_cast<int>(lines.size()));
    const QStringList seenByGrace = pair.grace.transcript(static_cast<int>(lines.size()));
    pair.ada.markRead();
    pair.grace.markRead();
    done = pair.leave();
    if (!done)
        return done;
    print(u"As Ada sees it:"_s);
    for (const QString &line : seenByAda)
        print(u"  "_s + line);
    print(u"As Grace sees it:"_s);
    for (const QString &line : seenByGrace)
        print(u"  "_s + line);
    QStringList said;
    for (const Line &line : lines)
        said.append(u"%1: %2"_s.arg(pair.of(line.speaker).displayName(), line.text));
    if (seenByAda != seenByGrace || seenByAda != said)
        return Error::internal(u"the two do not see the same conversation"_s);
    print(u"Both see the same %1 messages in the same order."_s.arg(said.size()));
    return Done{};
}

int fail(const QString &text, int exitCode)
{
    std::fprintf(stderr, "confab-demo: %s\n", text.toUtf8().constData());
    return exitCode;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser options;
    options.setApplicationDescription(u"Two accounts with something to say."_s);
    options.addHelpOption();
    options.addPositionalArgument(
        u"command"_s, u"seed: makes them and a history. talk: lets them talk and compares what each sees."_s);
    options.addOption({u"server"_s, u"The server's address."_s, u"url"_s});
    options.addOption({u"sign-in-file"_s, u"The file that keeps the accounts; made when it is missing."_s, u"file"_s});
    options.process(app);

    const QUrl server(options.value(u"server"_s), QUrl::StrictMode);
    if (!server.isValid() || server.host().isEmpty())
        return fail(u"--server needs an address such as http://127.0.0.1:8484"_s, 2);
    const QString path = options.value(u"sign-in-file"_s);
    if (path.isEmpty())
        return fail(u"--sign-in-file needs the name of a file"_s, 2);

    const QStringList commands = options.positionalArguments();
    if (commands != QStringList{u"seed"_s} && commands != QStringList{u"talk"_s})
        return fail(u"the command is seed or talk"_s, 2);
    const Result<Done> done = commands.first() == "seed"_L1 ? seed(server, path) : holdTalk(server, path);
    return done ? 0 : fail(done.error().message, 1);
}
