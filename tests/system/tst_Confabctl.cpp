// SPDX-License-Identifier: MIT
#include "shared/protocol/Operations.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/SqliteLock.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/PostgresServer.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QUuid>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

struct Ended
{
    int code = -1;
    QByteArray output;
    QByteArray errors;

    QJsonObject json() const { return QJsonDocument::fromJson(output).object(); }
};

/// Runs confabctl to its end, with \a input as what is typed.
Ended ctl(const QStringList &arguments, const QByteArray &input = {}, const QStringList &environment = {})
{
    QProcess process;
    process.setEnvironment(QProcess::systemEnvironment() + environment);
    process.start(ConfabdProcess::program(u"confabctl"_s), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace

/// confabctl against real servers, running and stopped.
class tst_Confabctl : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    QStringList on(const ConfabdProcess &server) const { return {u"--data-dir"_s, server.dataDir(), u"--json"_s}; }
    QStringList at(const ConfabdProcess &server, const QString &who = u"root"_s) const
    {
        return {u"--server"_s, server.url().toString(), u"--token-file"_s, m_folder.filePath(who + ".token"_L1),
                u"--json"_s};
    }
    static QStringList cheap() { return cheapServer() + QStringList{u"--registration"_s, u"invite"_s}; }

    /// A started server that root administers by a token file.
    bool startWithRoot(ConfabdProcess &server)
    {
        const Ended added = ctl(QStringList{u"admin"_s, u"add"_s, u"root-person"_s} + on(server));
        const QByteArray password = added.json()["password"_L1].toString().toUtf8();
        if (added.code != 0 || password.isEmpty() || !server.start())
            return false;
        return ctl(QStringList{u"login"_s, u"root-person"_s} + at(server), password + '\n').code == 0;
    }
    static bool signUp(RestClient &rest, const QString &handle, const QString &code)
    {
        const Result<SignedIn> made = rest.call<SignedIn>("POST", u"/v1/accounts"_s,
                                                          {{u"handle"_s, handle},
                                                           {u"displayName"_s, handle},
                                                           {u"password"_s, Person::password()},
                                                           {u"inviteCode"_s, code}});
        if (made)
            rest.setToken(made->token);
        return made.has_value();
    }
    QString inviteCode(const ConfabdProcess &server)
    {
        const Ended made = ctl(QStringList{u"invites"_s, u"create"_s} + at(server));
        return made.json()["code"_L1].toString();
    }
    static QString makeNotes(RestClient &rest)
    {
        return rest
            .request("POST", u"/v1/conversations"_s,
                     {{u"clientId"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)},
                      {u"kind"_s, u"group"_s},
                      {u"title"_s, u"notes"_s},
                      {u"memberIds"_s, QJsonArray()}})
            .json()["id"_L1]
            .toString();
    }
    static bool send(RestClient &rest, const QString &conversation, const QString &text)
    {
        return rest.request("POST", u"/v1/conversations/%1/messages"_s.arg(conversation),
                            {{u"clientId"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)}, {u"text"_s, text}})
                   .status == 201;
    }
    static QStringList texts(RestClient &rest, const QString &conversation)
    {
        QStringList all;
        qint64 before = 0;
        for (;;) {
            const QString query = before > 0 ? u"&before=%1"_s.arg(before) : QString();
            const Result<MessagePage> page =
                rest.call<MessagePage>("GET", u"/v1/conversations/%1/messages?limit=50%2"_s.arg(conversation, query));
            if (!page || page->messages.isEmpty())
                return all;
            for (const Message &message : page->messages)
                all.prepend(message.content.text);
            before = page->messages.last().id;
            if (!page->more)
                return all;
        }
    }

private Q_SLOTS:
    void saysWhatIsWrongWithTheCommand()
    {
        QCOMPARE(ctl({u"--help"_s}).code, 0);
        QVERIFY(ctl({u"--help"_s}).output.contains("invites create"));
        QVERIFY(ctl({u"--version"_s}).output.startsWith("confabctl "));
        for (const QStringList &wrong :
             {QStringList{}, QStringList{u"users"_s, u"shoe"_s}, QStringList{u"admin"_s, u"add"_s},
              QStringList{u"stats"_s, u"--frobnicate"_s}, QStringList{u"stats"_s, u"--server"_s, u"nonsense"_s},
              QStringList{u"backup"_s, u"x"_s, u"--server"_s, u"http://localhost"_s}}) {
            const Ended ended = ctl(wrong);
            QCOMPARE(ended.code, 64);
            QVERIFY(ended.errors.startsWith("confabctl: "));
            QVERIFY(ended.output.isEmpty());
        }
    }

    void administersAStoppedServer()
    {
        ConfabdProcess server{cheap()};
        const Ended added = ctl(QStringList{u"admin"_s, u"add"_s, u"grace"_s} + on(server));
        QCOMPARE(added.code, 0);
        QVERIFY(added.json()["password"_L1].toString().size() >= 20);
        QCOMPARE(ctl(QStringList{u"admin"_s, u"add"_s, u"grace"_s} + on(server)).code, 0);
        const QJsonObject grace = ctl(QStringList{u"users"_s, u"show"_s, u"grace"_s} + on(server)).json();
        QCOMPARE(grace["administrator"_L1].toBool(), true);
        QCOMPARE(grace["sessions"_L1].toInt(), 0);
        QCOMPARE(ctl(QStringList{u"users"_s, u"show"_s, u"nobody"_s} + on(server)).code, 65);
        QCOMPARE(ctl(QStringList{u"admin"_s, u"remove"_s, u"grace"_s} + on(server)).code, 65); // the last one

        QVERIFY(server.start());
        const Ended refused = ctl(QStringList{u"stats"_s} + on(server));
        QCOMPARE(refused.code, 75);
        QVERIFY2(refused.errors.contains("--server"), refused.errors.constData());
        QCOMPARE(server.terminate(), 0);
        QCOMPARE(ctl(QStringList{u"stats"_s} + on(server)).json()["administrators"_L1].toInt(), 1);
    }

    void administersARunningServer()
    {
        ConfabdProcess server{cheap()};
        QVERIFY(startWithRoot(server));
        const QFileInfo token(m_folder.filePath(u"root.token"_s));
        QCOMPARE(token.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());

        RestClient ada(server.url());
        QVERIFY(!signUp(ada, u"ada"_s, {}));
        const QString code = inviteCode(server);
        QVERIFY(signUp(ada, u"ada"_s, code));
        RestClient late(server.url());
        QVERIFY(!signUp(late, u"late"_s, code));

        QCOMPARE(ctl(QStringList{u"users"_s} + at(server)).json()["accounts"_L1].toArray().size(), 2);
        QCOMPARE(
            ctl(QStringList{u"sessions"_s, u"list"_s, u"ada"_s} + at(server)).json()["sessions"_L1].toArray().size(),
            1);
        QCOMPARE(ctl(QStringList{u"user"_s, u"deactivate"_s, u"ada"_s} + at(server)).code, 0);
        // The other shards hear of it a moment later.
        QVERIFY(waitUntil([&] { return ada.request("GET", u"/v1/users/me"_s).status == 401; }));
        QCOMPARE(ctl(QStringList{u"user"_s, u"reactivate"_s, u"ada"_s} + at(server)).code, 0);
        const QString fresh =
            ctl(QStringList{u"user"_s, u"reset-password"_s, u"ada"_s} + at(server)).json()["password"_L1].toString();
        QCOMPARE(ctl(QStringList{u"login"_s, u"ada"_s} + at(server, u"ada"_s), fresh.toUtf8() + '\n').code, 0);
        QCOMPARE(ctl(QStringList{u"stats"_s} + at(server, u"ada"_s)).code, 77);
        RestClient ended(server.url());
        const Result<SignedIn> again =
            ended.call<SignedIn>("POST", u"/v1/sessions"_s, {{u"handle"_s, u"ada"_s}, {u"password"_s, fresh}});
        QVERIFY(again);
        ended.setToken(again->token);
        QCOMPARE(ended.request("GET", u"/v1/users/me"_s).status, 200);
        QCOMPARE(ctl(QStringList{u"sessions"_s, u"end"_s, u"ada"_s, again->session.id.toString()} + at(server)).code,
                 0);
        QVERIFY(waitUntil([&] { return ended.request("GET", u"/v1/users/me"_s).status == 401; }));
        QCOMPARE(ctl(QStringList{u"stats"_s} + at(server, u"ada"_s)).code, 77); // the other session goes on
        QCOMPARE(ctl(QStringList{u"sessions"_s, u"end"_s, u"ada"_s} + at(server)).code, 0);
        QCOMPARE(ctl(QStringList{u"admin"_s, u"add"_s, u"stranger"_s} + at(server)).code, 65);

        const Ended audit = ctl(QStringList{u"audit"_s} + at(server));
        QVERIFY(!audit.output.contains(fresh.toUtf8()) && !audit.output.contains(code.toUtf8()));
        QStringList actions;
        for (const QJsonValue &entry : audit.json()["entries"_L1].toArray())
            actions.prepend(entry["action"_L1].toString());
        QCOMPARE(actions, QStringList({u"admin.resetPassword"_s, u"admin.setAdministrator"_s, u"invite.create"_s,
                                       u"admin.setActive"_s, u"admin.setActive"_s, u"admin.resetPassword"_s,
                                       u"admin.endSessions"_s, u"admin.endSessions"_s}));
        QCOMPARE(server.terminate(), 0);
        QCOMPARE(ctl(QStringList{u"stats"_s} + at(server)).code, 69);
    }

    /// Case O12.
    /// A backup under traffic is whole, holds all that was acknowledged before it, and restores to just that. Nothing
    /// that looked at the store cost the server its lock.
    void backupUnderTrafficRestores()
    {
        ConfabdProcess server{cheap()};
        QVERIFY(startWithRoot(server));
        RestClient ada(server.url());
        QVERIFY(signUp(ada, u"ada"_s, inviteCode(server)));
        const QString notes = makeNotes(ada);
        QStringList sent;
        for (int i = 0; i < 30; ++i) {
            sent += u"before %1"_s.arg(i);
            QVERIFY(send(ada, notes, sent.last()));
        }
        const qsizetype before = sent.size();
        const QString file = m_folder.filePath(u"store.backup"_s);
        QProcess backup;
        backup.start(ConfabdProcess::program(u"confabctl"_s), QStringList{u"backup"_s, file} + on(server));
        QVERIFY(backup.waitForStarted());
        // Events turn while a message is sent, so that the end of the backup is seen.
        for (int i = 0; backup.state() != QProcess::NotRunning || i < 10; ++i) {
            sent += u"during %1"_s.arg(i);
            QVERIFY(send(ada, notes, sent.last()));
        }
        QCOMPARE(backup.exitCode(), 0);
        QCOMPARE(ctl(QStringList{u"backup"_s, file} + on(server)).code, 65); // never over a file
        QCOMPARE(ctl(QStringList{u"restore"_s, file} + on(server)).code, 75);
        QCOMPARE(texts(ada, notes), sent);
        const QString generation = ctl(QStringList{u"stats"_s} + at(server)).json()["generation"_L1].toString();
        const QString database = QDir(server.dataDir()).filePath(u"confab.db"_s);
        QCOMPARE(sqliteLockHolder(database), server.pid());
        QCOMPARE(server.terminate(), 0);
        QCOMPARE(sqliteLockHolder(database), 0);

        const Ended restored = ctl(QStringList{u"restore"_s, file} + on(server));
        QVERIFY2(restored.code == 0, restored.errors.constData());
        QVERIFY(restored.json()["generation"_L1].toString() != generation);
        QCOMPARE(QDir(server.dataDir()).entryList({u"confab.db.before-*"_s}).size(), 1);
        QVERIFY(server.start());
        const QStringList kept = texts(ada, notes);
        QVERIFY(kept.size() >= before);
        QCOMPARE(kept, sent.mid(0, kept.size()));
        QVERIFY(send(ada, notes, u"after"_s));
        const QJsonArray audit = ctl(QStringList{u"audit"_s} + at(server)).json()["entries"_L1].toArray();
        QCOMPARE(audit.first()["action"_L1].toString(), u"restore"_s);
    }

    void whatIsNoBackupLeavesTheStoreAlone()
    {
        ConfabdProcess server{cheap()};
        QCOMPARE(ctl(QStringList{u"admin"_s, u"add"_s, u"grace"_s} + on(server)).code, 0);
        const QString file = m_folder.filePath(u"whole.backup"_s);
        QCOMPARE(ctl(QStringList{u"backup"_s, file} + on(server)).code, 0);
        QFile whole(file);
        QVERIFY(whole.open(QIODevice::ReadOnly));
        const QByteArray bytes = whole.readAll();
        QByteArray torn = bytes;
        torn.replace(4096, 4096, QByteArray(4096, '\x5a'));
        const QList<QByteArray> wrong{QByteArray("no database at all, but long enough to be looked at"),
                                      bytes.left(bytes.size() / 2), torn};
        for (const QByteArray &content : wrong) {
            QFile broken(m_folder.filePath(u"broken.backup"_s));
            QVERIFY(broken.open(QIODevice::WriteOnly | QIODevice::Truncate));
            QCOMPARE(broken.write(content), content.size());
            broken.close();
            const Ended ended = ctl(QStringList{u"restore"_s, broken.fileName()} + on(server));
            QCOMPARE(ended.code, 65);
            QCOMPARE(ctl(QStringList{u"stats"_s} + on(server)).json()["administrators"_L1].toInt(), 1);
        }
        QCOMPARE(ctl(QStringList{u"restore"_s, m_folder.filePath(u"none"_s)} + on(server)).code, 65);
        QCOMPARE(QDir(server.dataDir()).entryList({u"*before*"_s, u"restoring*"_s}), QStringList());
        QCOMPARE(ctl(QStringList{u"backup"_s, u"/nonexistent/folder/file"_s} + on(server)).code, 73);
    }

    // A renewed generation makes clients sync in full; what waits to be sent stays, and is sent once.
    void renewedGenerationKeepsTheOutbox()
    {
        ConfabdProcess server{cheapServer()};
        QVERIFY(server.start());
        Person ada(server.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        const Result<Conversation> notes = await(ada.client().createDirect(ada.client().me().id));
        QVERIFY(notes);
        QVERIFY(await(ada.client().sendMessage(notes->id, u"one"_s)));
        QVERIFY(waitUntil([&] { return ada.unsettled(notes->id) == 0; }));
        ada.quit();
        QCOMPARE(server.terminate(), 0);
        const Ended renewed = ctl(QStringList{u"generation"_s, u"renew"_s} + on(server));
        QCOMPARE(renewed.code, 0);
        QVERIFY(!renewed.json()["generation"_L1].toString().isEmpty());
        ada.restartOffline();
        QVERIFY(await(ada.client().sendMessage(notes->id, u"two"_s)));
        QVERIFY(await(ada.client().setDraft(notes->id, u"half a thou"_s)));
        ada.quit();
        QVERIFY(server.start());
        ada.restart();
        QVERIFY(ada.waitOnline());
        QVERIFY(waitUntil([&] { return ada.unsettled(notes->id) == 0; }));
        QStringList texts;
        for (const Message &message : ada.timeline(notes->id))
            texts += message.content.text;
        QCOMPARE(texts, QStringList({u"one"_s, u"two"_s}));
        const Result<QString> draft = await(ada.client().draft(notes->id));
        QVERIFY(draft);
        QCOMPARE(*draft, u"half a thou"_s);
    }

    /// On PostgreSQL it works beside the server; copies are PostgreSQL's matter.
    void worksOnPostgresBesideTheServer()
    {
        PostgresServer postgres;
        QVERIFY(postgres.start());
        postgres.makeDatabase("chat");
        const QString url = QString::fromLatin1(postgres.url("chat"));
        const QStringList environment{u"CONFAB_DATABASE_URL="_s + url};
        const QStringList json{u"--json"_s};
        QCOMPARE(ctl(QStringList{u"admin"_s, u"add"_s, u"root-person"_s} + json, {}, environment).code, 0);
        ConfabdProcess server(cheapServer() + QStringList{u"--database-url"_s, url});
        QVERIFY(server.start());
        RestClient rest(server.url());
        const Result<SignedIn> ada = confab::test::signUp(rest, u"ada"_s);
        QVERIFY(ada);
        rest.setToken(ada->token);
        QCOMPARE(ctl(QStringList{u"stats"_s} + json, {}, environment).json()["accounts"_L1].toInt(), 2);
        // The running server notices what was done beside it.
        QCOMPARE(ctl(QStringList{u"user"_s, u"deactivate"_s, u"ada"_s} + json, {}, environment).code, 0);
        QVERIFY(waitUntil([&] { return rest.request("GET", u"/v1/users/me"_s).status == 401; }));
        const Ended refused = ctl(QStringList{u"backup"_s, m_folder.filePath(u"copy"_s)}, {}, environment);
        QVERIFY(refused.code != 0);
        QVERIFY(refused.errors.contains("pg_dump"));
    }
};

CONFAB_TEST_CLASS(tst_Confabctl)
#include "tst_Confabctl.moc"
