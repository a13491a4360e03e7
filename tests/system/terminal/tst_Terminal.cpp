// SPDX-License-Identifier: MIT
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPatienceMs = 60'000;

/// A program of the examples, with what it printed so far.
class Example
{
public:
    Example(const QString &name, const QStringList &arguments)
    {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(ConfabdProcess::program(name), arguments);
    }
    ~Example()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    void type(const QString &text) { m_process.write(text.toUtf8()); }
    void closeInput() { m_process.closeWriteChannel(); }
    bool prints(const QString &text)
    {
        return QTest::qWaitFor([this, &text] { return output().contains(text); }, kPatienceMs);
    }
    /// The exit code; -1 when it does not end by itself.
    int wait()
    {
        const bool ended = QTest::qWaitFor([this] { return m_process.state() == QProcess::NotRunning; }, kPatienceMs);
        return ended && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }
    QString output()
    {
        m_output += m_process.readAll();
        return QString::fromUtf8(m_output);
    }

    /// What came after a conversation was opened, the list of all set aside.
    QString opened()
    {
        const QString all = output();
        return all.mid(all.indexOf(u"== "_s));
    }

private:
    QProcess m_process;
    QByteArray m_output;
};

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// The SDK's example programs against the real server: a person at a terminal, a script, and the two accounts of the
/// demo.
class tst_Terminal : public QObject
{
    Q_OBJECT

    ConfabdProcess m_server;
    QTemporaryDir m_accounts;
    QTemporaryDir m_profiles;

    QString signInFile() const { return m_accounts.filePath(u"accounts.json"_s); }
    QStringList as(const QString &handle) const
    {
        return {u"--server"_s,  m_server.url().toString(),  u"--sign-in-file"_s, signInFile(), u"--handle"_s, handle,
                u"--profile"_s, m_profiles.filePath(handle)};
    }
    QStringList demo(const QString &command) const
    {
        return {command, u"--server"_s, m_server.url().toString(), u"--sign-in-file"_s, signInFile()};
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_server.start());
        Example seed(u"confab-demo"_s, demo(u"seed"_s));
        QVERIFY2(seed.wait() == 0, qPrintable(seed.output()));
        QVERIFY(seed.output().contains(u"handle ada"_s));
        QVERIFY(seed.output().contains(u"handle grace"_s));
    }

    void seedingAgainPrintsTheSameAccounts()
    {
        const QByteArray accounts = contents(signInFile());
        QCOMPARE(QFile::permissions(signInFile()) & 0x0fff & ~QFile::ReadUser & ~QFile::WriteUser,
                 QFile::Permissions());
        const QString password = QJsonDocument::fromJson(accounts)[u"accounts"_s][1][u"password"_s].toString();
        QVERIFY(password.size() >= 16);
        Example again(u"confab-demo"_s, demo(u"seed"_s));
        QVERIFY2(again.wait() == 0, qPrintable(again.output()));
        QVERIFY(again.output().contains(password));
        QCOMPARE(contents(signInFile()), accounts);
        QVERIFY(!again.output().contains(u"Making two accounts"_s));
    }

    void theTwoAccountsTalk()
    {
        Example talk(u"confab-demo"_s, demo(u"talk"_s));
        QVERIFY2(talk.wait() == 0, qPrintable(talk.output()));
        QVERIFY(talk.output().contains(u"Grace Hopper: Loud and clear"_s));
        QVERIFY(talk.output().contains(u"Both see the same 8 messages"_s));
    }

    void aScriptReadsAndWrites()
    {
        Example ada(u"confab-terminal"_s, as(u"ada"_s));
        ada.type(u"/open 1\nhello from a pipe\n//literally\n/older\n/nonsense\n"_s);
        ada.closeInput(); // the end of input is a /quit that waits for what is to be sent
        QVERIFY2(ada.wait() == 0, qPrintable(ada.output()));
        QVERIFY(ada.output().contains(u"Signed in as Ada Lovelace (@ada)"_s));
        QVERIFY(ada.output().contains(u"== Grace Hopper =="_s));
        QVERIFY(ada.output().contains(u"You: hello from a pipe"_s));
        QVERIFY(ada.output().contains(u"There is no command /nonsense"_s));
        QVERIFY(!ada.output().contains(u"\x1b"_s));

        // The profile is signed in from now on: no password is needed.
        Example grace(u"confab-terminal"_s, as(u"grace"_s));
        grace.type(u"/open 1\n/quit\n"_s);
        QVERIFY2(grace.wait() == 0, qPrintable(grace.output()));
        QCOMPARE(grace.opened().count(u"Ada Lovelace: hello from a pipe"_s), 1);
        QCOMPARE(grace.opened().count(u"Ada Lovelace: /literally"_s), 1);
    }

    void aRevokedSessionIsOpenedAgainWithThePassword()
    {
        const QJsonDocument accounts = QJsonDocument::fromJson(contents(signInFile()));
        RestClient rest(m_server.url());
        const RestReply signedIn = rest.request("POST", u"/v1/sessions"_s,
                                                {{u"handle"_s, u"ada"_s},
                                                 {u"password"_s, accounts[u"accounts"_s][0][u"password"_s]},
                                                 {u"deviceName"_s, u"the test"_s}});
        QCOMPARE(signedIn.status, 201);
        rest.setToken(signedIn.json()[u"token"_s].toString());
        const QString own = signedIn.json()[u"session"_s][u"id"_s].toString();
        const QJsonArray sessions = rest.request("GET", u"/v1/sessions"_s).json()[u"sessions"_s].toArray();
        QVERIFY(sessions.size() > 1); // the terminal's of the test before among them
        for (const QJsonValue &session : sessions) {
            const QString id = session[u"id"_s].toString();
            if (id != own)
                QCOMPARE(rest.request("DELETE", u"/v1/sessions/"_s + id).status, 204);
        }
        Example ada(u"confab-terminal"_s, as(u"ada"_s));
        ada.type(u"/list\n/quit\n"_s);
        QVERIFY2(ada.wait() == 0, qPrintable(ada.output()));
        QVERIFY2(ada.output().contains(u"Signed in as Ada Lovelace (@ada)"_s), qPrintable(ada.output()));
        QVERIFY2(!ada.output().contains(u"signed out elsewhere"_s), qPrintable(ada.output()));
        QCOMPARE(rest.request("GET", u"/v1/sessions"_s).json()[u"sessions"_s].toArray().size(), 2);
    }

    void messagesAppearAsTheyComeAndCannotCommandTheTerminal()
    {
        Example ada(u"confab-terminal"_s, as(u"ada"_s));
        Example grace(u"confab-terminal"_s, as(u"grace"_s));
        ada.type(u"/new grace\n"_s);
        grace.type(u"/new ada\n"_s);
        QVERIFY2(ada.prints(u"== Grace Hopper =="_s), qPrintable(ada.output()));
        QVERIFY2(grace.prints(u"== Ada Lovelace =="_s), qPrintable(grace.output()));
        grace.type(u"live \x1b[2J\x1b]0;owned\x07 and harmless\n"_s);
        QVERIFY2(ada.prints(u"Grace Hopper: live [2J]0;owned and harmless"_s), qPrintable(ada.output()));
        QVERIFY(!ada.output().contains(u"\x1b"_s));
        ada.type(u"/quit\n"_s);
        QCOMPARE(ada.wait(), 0);
    }

    void writesToSomebodyByHandle()
    {
        Example ada(u"confab-terminal"_s, as(u"ada"_s));
        ada.type(u"/new nobody.there\n/new @Grace\nfound you\n/quit\n"_s);
        QVERIFY2(ada.wait() == 0, qPrintable(ada.output()));
        QVERIFY(ada.output().contains(u"There is nobody with the handle nobody.there"_s));
        QVERIFY(ada.output().contains(u"== Grace Hopper =="_s));
        QVERIFY(ada.output().contains(u"You: found you"_s));
    }

    void whatIsWrittenOfflineIsSentAtTheNextStart()
    {
        m_server.kill9();
        Example offline(u"confab-terminal"_s, as(u"ada"_s));
        offline.type(u"/open 1\nwritten in a tunnel\n/quit\n"_s);
        QVERIFY2(offline.wait() == 0, qPrintable(offline.output()));
        QVERIFY2(offline.output().contains(u"1 not sent yet"_s), qPrintable(offline.output()));
        QVERIFY(m_server.start());
        Example ada(u"confab-terminal"_s, as(u"ada"_s));
        ada.type(u"/quit\n"_s);
        QVERIFY2(ada.wait() == 0, qPrintable(ada.output()));
        Example grace(u"confab-terminal"_s, as(u"grace"_s));
        grace.type(u"/open 1\n/quit\n"_s);
        QVERIFY2(grace.wait() == 0, qPrintable(grace.output()));
        QCOMPARE(grace.opened().count(u"Ada Lovelace: written in a tunnel\n"_s), 1);
    }

    void aWrongPasswordEndsIt()
    {
        QFile file(m_accounts.filePath(u"wrong"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not the password\n");
        file.close();
        Example terminal(u"confab-terminal"_s,
                         {u"--server"_s, m_server.url().toString(), u"--handle"_s, u"ada"_s, u"--password-file"_s,
                          file.fileName(), u"--profile"_s, m_profiles.filePath(u"wrong"_s)});
        QCOMPARE(terminal.wait(), 1);
        QVERIFY2(terminal.output().contains(u"Signing in as ada failed"_s), qPrintable(terminal.output()));
    }

    void withoutAServerItSaysWhatIsMissing()
    {
        Example terminal(u"confab-terminal"_s, {u"--handle"_s, u"ada"_s});
        QCOMPARE(terminal.wait(), 2);
        QVERIFY(terminal.output().contains(u"--server"_s));
    }
};

CONFAB_TEST_CLASS(tst_Terminal)
#include "tst_Terminal.moc"
