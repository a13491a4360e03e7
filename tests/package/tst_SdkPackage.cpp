// SPDX-License-Identifier: MIT
#include "shared/protocol/Operations.h"
#include "tests/package/Background.h"
#include "tests/package/Command.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// Somebody who chats over REST, as a program without the SDK might.
class RestPerson
{
public:
    explicit RestPerson(const QUrl &server) : m_rest(server) { }

    Result<User> registerAs(const QString &handle)
    {
        const Result<SignedIn> signedIn = test::signUp(m_rest, handle);
        if (!signedIn)
            return signedIn.error();
        m_rest.setToken(signedIn->token);
        return signedIn->user;
    }
    Result<Conversation> direct(UserId other)
    {
        return m_rest.call<Conversation>(
            "POST", u"/v1/conversations"_s,
            {{u"clientId"_s, newId()}, {u"kind"_s, u"direct"_s}, {u"memberIds"_s, QJsonArray{other.toString()}}});
    }
    Result<Message> say(ConversationId conversation, const QString &text)
    {
        return m_rest.call<Message>("POST", messages(conversation), {{u"clientId"_s, newId()}, {u"text"_s, text}});
    }
    /// What somebody said so far, oldest first.
    QStringList read(ConversationId conversation, UserId by)
    {
        QStringList texts;
        const Result<MessagePage> page = m_rest.call<MessagePage>("GET", messages(conversation));
        if (page) {
            for (const Message &message : page->messages) {
                if (message.senderId == by)
                    texts.prepend(message.content.text);
            }
        }
        return texts;
    }
    int sessionCount() { return static_cast<int>(m_rest.call<SessionList>("GET", u"/v1/sessions"_s)->sessions.size()); }

private:
    static QString newId() { return QUuid::createUuid().toString(QUuid::WithoutBraces); }
    static QString messages(ConversationId id) { return u"/v1/conversations/%1/messages"_s.arg(id.toString()); }

    RestClient m_rest;
};

} // namespace

/// The SDK as a stranger meets it: installed, found by CMake, pkg-config and the QML engine, and used by its examples
/// against the real server.
class tst_SdkPackage : public QObject
{
    Q_OBJECT

private:
    QDir m_folder{qEnvironmentVariable("CONFAB_BINARY_DIR") + "/package-test/sdk"_L1};
    QDir m_source{qEnvironmentVariable("CONFAB_SOURCE_DIR")};
    QTemporaryDir m_scratch;
    QProcessEnvironment m_environment = QProcessEnvironment::systemEnvironment();
    ConfabdProcess m_server{cheapServer()};
    std::unique_ptr<RestPerson> m_ada;
    User m_adaUser;

    QString prefix() const { return m_folder.filePath(u"prefix"_s); }
    QString libraryFolder() const { return prefix() + "/" CONFAB_LIBDIR ""_L1; }
    QString binary(const QString &name) const { return m_folder.filePath("build/bin/"_L1 + name); }
    QString passwordFile() const { return m_scratch.filePath(u"password"_s); }

    /// A new account and its conversation with Ada.
    struct Partner
    {
        QString handle;
        User user;
        ConversationId conversation;
    };
    Result<Partner> newPartner(const QString &handle)
    {
        RestPerson partner(m_server.url());
        const Result<User> user = partner.registerAs(handle);
        if (!user)
            return user.error();
        const Result<Conversation> direct = m_ada->direct(user->id);
        if (!direct)
            return direct.error();
        return Partner{handle, *user, direct->id};
    }

private Q_SLOTS:
    void initTestCase()
    {
        // Always the same folder, so that the compiler's cache knows what it sees again.
        QVERIFY(m_folder.removeRecursively() && m_folder.mkpath(u"."_s));
        const Command installed = Command::run(u"cmake"_s, {u"--install"_s, qEnvironmentVariable("CONFAB_BINARY_DIR"),
                                                            u"--prefix"_s, prefix(), u"--component"_s, u"sdk"_s});
        QVERIFY2(installed.ok(), qPrintable(installed.output));
        const QStringList configure{u"-S"_s,
                                    m_source.filePath(u"tests/package/consumer"_s),
                                    u"-B"_s,
                                    m_folder.filePath(u"build"_s),
                                    u"-G"_s,
                                    u"Ninja"_s,
                                    u"-DCMAKE_CXX_COMPILER=" CONFAB_CXX_COMPILER ""_s,
                                    u"-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"_s,
                                    u"-DCMAKE_BUILD_TYPE=Debug"_s,
                                    u"-DCMAKE_CXX_FLAGS=" CONFAB_CXX_FLAGS ""_s,
                                    "-DCMAKE_PREFIX_PATH="_L1 + prefix(),
                                    "-DCONFAB_EXAMPLES="_L1 + m_source.filePath(u"client-sdk/examples"_s)};
        const Command configured = Command::run(u"cmake"_s, configure);
        QVERIFY2(configured.ok(), qPrintable(configured.output));
        const Command built = Command::run(u"cmake"_s, {u"--build"_s, m_folder.filePath(u"build"_s)});
        QVERIFY2(built.ok(), qPrintable(built.output));

        m_environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        m_environment.insert(u"QT_QUICK_BACKEND"_s, u"software"_s);
        // No keyring, and no other library than the installed one.
        m_environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, u"disabled:"_s);
        m_environment.insert(u"XDG_RUNTIME_DIR"_s, m_scratch.path());
        m_environment.remove(u"LD_LIBRARY_PATH"_s);
        m_environment.remove(u"QML_IMPORT_PATH"_s);
        QFile password(passwordFile());
        QVERIFY(password.open(QIODevice::WriteOnly) && password.write(test::Person::password().toUtf8()) > 0);
        password.close();

        QVERIFY(m_server.start());
        m_ada = std::make_unique<RestPerson>(m_server.url());
        const Result<User> ada = m_ada->registerAs(u"ada"_s);
        QVERIFY2(ada, qPrintable(ada ? QString() : ada.error().message));
        m_adaUser = *ada;
    }

    /// Value types may grow until 1.0, so a program must not meet the library of another minor version.
    void theLibraryIsNamedAfterItsMinorVersion()
    {
        const QString version = QStringLiteral(CONFAB_VERSION);
        const QString name = "libConfabClient.so."_L1 + version.section(u'.', 0, 1);
        const QDir folder(libraryFolder());
        QVERIFY(folder.exists("libConfabClient.so."_L1 + version));
        QCOMPARE(QFile::symLinkTarget(folder.filePath(name)), folder.filePath("libConfabClient.so."_L1 + version));
        const Command elf = Command::run(u"readelf"_s, {u"-d"_s, folder.filePath(u"libConfabClient.so"_s)});
        QVERIFY2(elf.ok() && elf.output.contains("soname: ["_L1 + name + u']'), qPrintable(elf.output));
        const Command bot = Command::run(u"readelf"_s, {u"-d"_s, binary(u"echo-bot"_s)});
        QVERIFY2(bot.ok() && bot.output.contains("Shared library: ["_L1 + name + u']'), qPrintable(bot.output));
    }

    /// Inner classes stay inside, and no program gets their names by accident.
    void theLibraryExportsNothingButItsInterface()
    {
        const Command symbols =
            Command::run(u"nm"_s, {u"-D"_s, u"-C"_s, u"--defined-only"_s, libraryFolder() + "/libConfabClient.so"_L1});
        QVERIFY(symbols.ok());
        QStringList headers;
        for (const QString &folder : {u"Confab"_s, u"shared/core"_s, u"shared/protocol"_s}) {
            const QDir dir(prefix() + "/include/ConfabClient/"_L1 + folder);
            for (const QString &name : dir.entryList(QDir::Files)) {
                QFile file(dir.filePath(name));
                QVERIFY(file.open(QIODevice::ReadOnly));
                headers.append(QString::fromUtf8(file.readAll()));
            }
        }
        const QString declared = headers.join(u'\n');
        // confab::client::TimelineModel::get(int) belongs to TimelineModel. What the compiler makes of templates of Qt
        // and of the standard library with types of ours is theirs.
        static const QRegularExpression ours(
            u"^\\w+ \\w (?:(?:vtable|typeinfo|typeinfo name) for )?confab::(?:client::)?(\\w+)"_s);
        int count = 0;
        QStringList inner;
        for (const QString &line : symbols.output.split(u'\n')) {
            const QRegularExpressionMatch match = ours.match(line);
            if (!match.hasMatch())
                continue;
            ++count;
            const QRegularExpression declaration(
                u"(class|struct) (CONFAB\\w* )?%1\\b[^;]|\\b%1\\("_s.arg(match.captured(1)));
            if (match.captured(1) != "staticMetaObject"_L1 && !declared.contains(declaration))
                inner.append(line);
        }
        QVERIFY2(count > 200, qPrintable(u"only %1 names are exported"_s.arg(count)));
        QVERIFY2(inner.isEmpty(), qPrintable(inner.mid(0, 20).join(u'\n')));
    }

    void pkgConfigTellsHowToCompile()
    {
        QProcessEnvironment environment = m_environment;
        environment.insert(u"PKG_CONFIG_PATH"_s, libraryFolder() + "/pkgconfig"_L1);
        QCOMPARE(Command::run(u"pkg-config"_s, {u"--modversion"_s, u"ConfabClient"_s}, environment)
                     .output.trimmed()
                     .section(u'\n', -1),
                 QStringLiteral(CONFAB_VERSION));
        const Command compiled = Command::run(
            u"sh"_s,
            {u"-c"_s,
             u"exec " CONFAB_CXX_COMPILER " " CONFAB_CXX_FLAGS
             " -std=c++20 -fPIC \"$1\" $(pkg-config --cflags --libs ConfabClient) -o \"$2\""_s,
             u"sh"_s, m_source.filePath(u"client-sdk/examples/echo-bot/main.cpp"_s), m_scratch.filePath(u"bot"_s)},
            environment);
        QVERIFY2(compiled.ok(), qPrintable(compiled.output));
    }

    void qmlToolsKnowTheTypes()
    {
        const Command lint = Command::run(
            u"cmake"_s, {u"--build"_s, m_folder.filePath(u"build"_s), u"--target"_s, u"minimal-qml_qmllint"_s});
        QVERIFY2(lint.ok() && !lint.output.contains(u"Warning"_s), qPrintable(lint.output));
    }

    void echoBotAnswers()
    {
        const Result<Partner> bot = newPartner(u"echo"_s);
        QVERIFY(bot);
        const auto echoes = [&](const QString &text) {
            (void)m_ada->say(bot->conversation, text);
            return waitUntil([&] { return m_ada->read(bot->conversation, bot->user.id).contains(text); }, 5'000);
        };
        const auto arrives = [&](const QString &hello) {
            // What is said before it is online is not new to it, so it is asked again.
            for (int attempt = 1; attempt <= 12; ++attempt) {
                if (echoes(u"%1 %2"_s.arg(hello).arg(attempt)))
                    return true;
            }
            return false;
        };
        const QString profile = m_scratch.filePath(u"echo"_s);
        {
            Background process(binary(u"echo-bot"_s), {m_server.url().toString(), u"echo"_s, passwordFile(), profile},
                               m_environment);
            QVERIFY2(arrives(u"are you there?"_s), qPrintable(process.output()));
            QVERIFY2(echoes(u"Grüße 👋"_s), qPrintable(process.output()));
            QCOMPARE(m_ada->read(bot->conversation, bot->user.id).count(u"Grüße 👋"_s), 1);
        }
        // Killed and started again, it is still signed in: the password is not needed.
        QFile wrong(m_scratch.filePath(u"wrong"_s));
        QVERIFY(wrong.open(QIODevice::WriteOnly) && wrong.write("not the password") > 0);
        wrong.close();
        Background again(binary(u"echo-bot"_s), {m_server.url().toString(), u"echo"_s, wrong.fileName(), profile},
                         m_environment);
        QVERIFY2(arrives(u"again"_s), qPrintable(again.output()));
    }

    void minimalQmlChats()
    {
        const Result<Partner> grace = newPartner(u"grace"_s);
        QVERIFY(grace);
        QVERIFY(m_ada->say(grace->conversation, u"hello from ada"_s));
        const Command used =
            Command::run(binary(u"use-minimal-qml"_s),
                         {m_server.url().toString(), u"grace"_s, test::Person::password(),
                          m_scratch.filePath(u"grace"_s), u"hello from ada"_s, u"hello from sixty lines"_s},
                         m_environment);
        QVERIFY2(used.ok(), qPrintable(used.output));
        QCOMPARE(m_ada->read(grace->conversation, grace->user.id), QStringList{u"hello from sixty lines"_s});
    }

    /// The program itself, which a person would start.
    void minimalQmlSignsInByItself()
    {
        RestPerson grace(m_server.url());
        QVERIFY(grace.registerAs(u"joan"_s));
        QCOMPARE(grace.sessionCount(), 1);
        QProcessEnvironment environment = m_environment;
        environment.insert(u"CONFAB_SERVER"_s, m_server.url().toString());
        environment.insert(u"CONFAB_HANDLE"_s, u"joan"_s);
        environment.insert(u"CONFAB_PASSWORD"_s, test::Person::password());
        environment.insert(u"CONFAB_PROFILE"_s, m_scratch.filePath(u"joan"_s));
        Background process(binary(u"minimal-qml"_s), {}, environment);
        QVERIFY2(waitUntil([&] { return grace.sessionCount() == 2; }), qPrintable(process.output()));
        QVERIFY2(process.isRunning() && process.output().isEmpty(), qPrintable(process.output()));
    }

    void terminalChats()
    {
        const Result<Partner> linus = newPartner(u"linus"_s);
        QVERIFY(linus);
        QVERIFY(m_ada->say(linus->conversation, u"hello terminal"_s));
        Background terminal(binary(u"confab-terminal"_s),
                            {u"--server"_s, m_server.url().toString(), u"--handle"_s, u"linus"_s, u"--password-file"_s,
                             passwordFile(), u"--profile"_s, m_scratch.filePath(u"linus"_s)},
                            m_environment);
        terminal.type(u"/open 1\nhello from a terminal\n"_s);
        QVERIFY2(waitUntil([&] {
                     return m_ada->read(linus->conversation, linus->user.id) == QStringList{u"hello from a terminal"_s};
                 }),
                 qPrintable(terminal.output()));
        QVERIFY2(waitUntil([&] { return terminal.output().contains(u"ada: hello terminal"_s); }),
                 qPrintable(terminal.output()));
    }
};

CONFAB_TEST_CLASS(tst_SdkPackage)
#include "tst_SdkPackage.moc"
