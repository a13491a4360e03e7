// SPDX-License-Identifier: MIT
#include "tests/package/Background.h"
#include "tests/package/Command.h"
#include "tests/support/NotifySocket.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>

using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

QString contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace

/// The server's Debian package, from its making to its purge, in a root of its own: as root and as anybody.
class tst_ServerPackage : public QObject
{
    Q_OBJECT

private:
    QDir m_folder{qEnvironmentVariable("CONFAB_BINARY_DIR") + "/package-test/deb"_L1};
    QTemporaryDir m_root;
    QProcessEnvironment m_environment = QProcessEnvironment::systemEnvironment();
    QString m_package;

    QString inRoot(const QString &path) const { return m_root.path() + path; }
    bool exists(const QString &path) const { return QFile::exists(inRoot(path)); }
    QString unit() const { return inRoot(u"/lib/systemd/system/confabd.service"_s); }
    QString config() const { return inRoot(u"/etc/confab/confabd.toml"_s); }

    /// dpkg on the temporary root, whose scripts see it in DPKG_ROOT. Other packages are not there.
    Command dpkg(const QStringList &arguments) const
    {
        return Command::run(u"fakeroot"_s,
                            QStringList{u"dpkg"_s, "--root="_L1 + m_root.path(), u"--force-not-root"_s,
                                        u"--force-script-chrootless"_s, u"--force-depends"_s, u"--force-confold"_s} +
                                arguments,
                            m_environment);
    }
    Command checkConfig(const QString &path) const
    {
        return Command::run(inRoot(u"/usr/bin/confabd"_s), {u"--config"_s, path, u"--check-config"_s}, m_environment);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_environment.insert(u"PATH"_s, m_environment.value(u"PATH"_s) + ":/usr/sbin:/sbin"_L1);
        QVERIFY(m_folder.removeRecursively() && m_folder.mkpath(u"."_s));
        const Command packed = Command::run(
            u"cpack"_s, {u"--config"_s, qEnvironmentVariable("CONFAB_BINARY_DIR") + "/CPackConfig.cmake"_L1, u"-B"_s,
                         m_folder.path()});
        QVERIFY2(packed.ok(), qPrintable(packed.output));
        const QStringList packages = m_folder.entryList({u"*.deb"_s});
        QCOMPARE(packages.size(), 1);
        m_package = m_folder.filePath(packages.first());
        qInfo("%s: %lld bytes", qPrintable(packages.first()), QFileInfo(m_package).size());

        QVERIFY(QDir(m_root.path()).mkpath(u"etc"_s));
        QVERIFY(QDir(m_root.path()).mkpath(u"var/lib/dpkg/updates"_s));
        QVERIFY(QDir(m_root.path()).mkpath(u"var/lib/dpkg/info"_s));
        QFile status(inRoot(u"/var/lib/dpkg/status"_s));
        QVERIFY(status.open(QIODevice::WriteOnly));
        status.close();
        const Command installed = dpkg({u"--install"_s, m_package});
        QVERIFY2(installed.ok(), qPrintable(installed.output));
    }

    void saysWhatItNeeds()
    {
        const Command fields = Command::run(u"dpkg-deb"_s, {u"--field"_s, m_package});
        QVERIFY2(fields.ok(), qPrintable(fields.output));
        QVERIFY(fields.output.contains(u"\nPackage: confabd\n"_s));
        QVERIFY(fields.output.contains(u"\nVersion: " CONFAB_VERSION "\n"_s));
        // From the binary, and what the binary loads at run time.
        const QString depends = fields.output.section(u"\nDepends: "_s, 1).section(u'\n', 0, 0);
        QVERIFY2(depends.contains("libqt6core6 (>="_L1) && depends.contains("libsodium"_L1), qPrintable(depends));
        QVERIFY2(depends.contains("libprometheus-cpp-core"_L1), qPrintable(depends));
        QVERIFY2(depends.contains("libqt6sql6-sqlite"_L1), qPrintable(depends));
    }

    void installsForASystem()
    {
        QVERIFY(QFileInfo(inRoot(u"/usr/bin/confabd"_s)).isExecutable());
        QVERIFY(exists(u"/usr/share/man/man8/confabd.8.gz"_s));
        for (const QString &example : {u"nginx.conf"_s, u"haproxy.cfg"_s, u"node.toml"_s})
            QVERIFY(exists(u"/usr/share/doc/confabd/examples/"_s + example));
        QVERIFY(exists(u"/etc/confab/nodes"_s) && exists(u"/lib/systemd/system/confabd@.service"_s));
        QVERIFY(contents(inRoot(u"/usr/share/doc/confabd/copyright"_s)).contains(u"MIT"_s));
        QVERIFY(contents(inRoot(u"/etc/passwd"_s)).contains(u"\nconfab:"_s) ||
                contents(inRoot(u"/etc/passwd"_s)).startsWith(u"confab:"_s));
        // It starts with the machine.
        QVERIFY(QFileInfo(inRoot(u"/etc/systemd/system/multi-user.target.wants/confabd.service"_s)).isSymLink());
        const Command version = Command::run(inRoot(u"/usr/bin/confabd"_s), {u"--version"_s});
        QVERIFY2(version.ok() && version.output.endsWith("confabd " CONFAB_VERSION "\n"_L1),
                 qPrintable(version.output));
    }

    /// What the file says is what the server understands, and what it calls a default is one.
    void theConfigurationTellsTheTruth()
    {
        const Command asInstalled = checkConfig(config());
        QVERIFY2(asInstalled.ok(), qPrintable(asInstalled.output));
        QVERIFY(asInstalled.output.contains(u"data_dir = \"/var/lib/confab\""_s));
        QVERIFY(asInstalled.output.contains(u"registration = \"invite\""_s));

        static const QRegularExpression offered(u"^#(\\w+ = .*)$"_s, QRegularExpression::MultilineOption);
        QString text = contents(config());
        QVERIFY(text.count(offered) >= 8);
        const QString token = inRoot(u"/etc/confab/metrics-token"_s);
        QVERIFY(text.contains(u"\"/etc/confab/metrics-token\""_s));
        text.replace(u"/etc/confab/metrics-token"_s, token);
        QFile tokenFile(token);
        QVERIFY(tokenFile.open(QIODevice::WriteOnly) && tokenFile.write(QByteArray(64, 'a')) == 64);
        tokenFile.close();
        QFile all(inRoot(u"/all.toml"_s));
        QVERIFY(all.open(QIODevice::WriteOnly) && all.write(QString(text).replace(offered, u"\\1"_s).toUtf8()) > 0);
        all.close();
        const Command everything = checkConfig(all.fileName());
        QVERIFY2(everything.ok(), qPrintable(everything.output));
        // Those that stand for no default are examples.
        static const QRegularExpression origin(u" *#.*$"_s, QRegularExpression::MultilineOption);
        QStringList before = QString(asInstalled.output).remove(origin).split(u'\n').mid(2);
        QStringList after = QString(everything.output).remove(origin).split(u'\n').mid(2);
        QCOMPARE(after.size(), before.size());
        QStringList changed;
        for (qsizetype i = 0; i < before.size(); ++i) {
            if (before.at(i) != after.at(i))
                changed.append(after.at(i).section(u' ', 0, 0));
        }
        changed.sort();
        QCOMPARE(changed, (QStringList{u"cors_origins"_s, u"metrics.token"_s, u"public_url"_s, u"trusted_proxies"_s}));
        QVERIFY(all.remove() && tokenFile.remove());
    }

    void theUnitIsValidAndHardened()
    {
        // The targets and slices it refers to are those of any system.
        const QDir system(u"/lib/systemd/system"_s);
        const QStringList units = system.entryList({u"*.target"_s, u"*.slice"_s}, QDir::Files);
        QVERIFY(units.contains(u"sysinit.target"_s));
        for (const QString &name : units)
            QVERIFY(QFile::copy(system.filePath(name), inRoot("/lib/systemd/system/"_L1 + name)));
        const Command valid =
            Command::run(u"systemd-analyze"_s, {u"verify"_s, "--root="_L1 + m_root.path(), u"--man=no"_s, unit()});
        QVERIFY2(valid.ok() && !valid.output.contains(u"confabd.service:"_s), qPrintable(valid.output));
        // 0 is closed, 10 is open; the exposure is printed in tenths.
        const Command exposure =
            Command::run(u"systemd-analyze"_s, {u"security"_s, "--root="_L1 + m_root.path(), u"--offline=yes"_s,
                                                u"--no-pager"_s, u"--threshold=15"_s, u"confabd.service"_s});
        QVERIFY2(exposure.ok(), qPrintable(exposure.output));
    }

    /// The unit of several nodes is that of one but for its names; systemd sees it as an instance.
    void theUnitOfNodesIsAsHardened()
    {
        const QString nodes = contents(inRoot(u"/lib/systemd/system/confabd@.service"_s));
        QStringList differing;
        const auto settings = [](const QString &text) {
            QStringList lines = text.split(u'\n', Qt::SkipEmptyParts).filter(QRegularExpression(u"^[^#]"_s));
            return QSet<QString>(lines.begin(), lines.end());
        };
        const QSet<QString> one = settings(contents(unit()));
        const QSet<QString> more = settings(nodes) - one;
        for (const QString &line : more)
            differing.append(line);
        differing.sort();
        QCOMPARE(differing, (QStringList{u"Description=Confab chat server, node %i"_s,
                                         u"Environment=CONFAB_DATA_DIR=%S/confab-nodes/%i"_s,
                                         u"ExecStart=/usr/bin/confabd --config /etc/confab/nodes/%i.toml"_s,
                                         u"StateDirectory=confab-nodes/%i"_s}));
        QCOMPARE((one - settings(nodes)).size(), 3);
        const Command valid = Command::run(
            u"systemd-analyze"_s, {u"verify"_s, "--root="_L1 + m_root.path(), u"--man=no"_s, u"confabd@one.service"_s});
        QVERIFY2(valid.ok() && !valid.output.contains(u"confabd@"_s + u"one.service:"_s), qPrintable(valid.output));
        const Command exposure =
            Command::run(u"systemd-analyze"_s, {u"security"_s, "--root="_L1 + m_root.path(), u"--offline=yes"_s,
                                                u"--no-pager"_s, u"--threshold=15"_s, u"confabd@one.service"_s});
        QVERIFY2(exposure.ok(), qPrintable(exposure.output));
    }

    /// As its unit reads it; but for secrets, which are of a machine.
    void theConfigurationOfANodeIsUnderstood()
    {
        QString text = contents(inRoot(u"/usr/share/doc/confabd/examples/node.toml"_s));
        const QString secret = inRoot(u"/redis-password"_s);
        QVERIFY(text.contains(u"/etc/confab/redis-password"_s));
        text.replace(u"/etc/confab/redis-password"_s, secret);
        QFile password(secret);
        QVERIFY(password.open(QIODevice::WriteOnly) && password.write("secret") == 6);
        password.close();
        QFile file(inRoot(u"/etc/confab/nodes/one.toml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) > 0);
        file.close();
        QProcessEnvironment environment = m_environment;
        environment.insert(u"CONFAB_DATA_DIR"_s, u"/var/lib/confab-nodes/one"_s);
        const Command checked = Command::run(inRoot(u"/usr/bin/confabd"_s),
                                             {u"--config"_s, file.fileName(), u"--check-config"_s}, environment);
        QVERIFY2(checked.ok(), qPrintable(checked.output));
        QVERIFY(checked.output.contains(u"data_dir = \"/var/lib/confab-nodes/one\""_s));
        QVERIFY(checked.output.contains(u"listen = \"127.0.0.1:8491\""_s));
        QVERIFY(file.remove() && password.remove());
    }

    void servesAsTheUnitStartsIt()
    {
        // What an administrator edits: this root's folder, and any free port.
        QFile file(config());
        QString text = contents(config());
        text.replace(u"\"/var/lib/confab\""_s, u'"' + inRoot(u"/var/lib/confab"_s) + u'"');
        text.replace(u"#listen = \"127.0.0.1:8484\""_s, u"listen = \"127.0.0.1:0\""_s);
        text.replace(u"registration = \"invite\""_s, u"registration = \"open\""_s);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(text.toUtf8()) > 0);
        file.close();
        // systemd makes it (StateDirectory) before the start.
        QVERIFY(contents(unit()).contains(u"\nStateDirectory=confab\n"_s));
        QVERIFY(QDir(m_root.path()).mkpath(u"var/lib/confab"_s));

        static const QRegularExpression line(u"^ExecStart=(.*)$"_s, QRegularExpression::MultilineOption);
        QStringList command = line.match(contents(unit())).captured(1).split(u' ');
        QVERIFY(contents(unit()).contains(u"\nType=notify\n"_s));
        for (QString &word : command) {
            if (word.startsWith(u'/'))
                word = inRoot(word);
        }
        NotifySocket manager(QFile::encodeName(inRoot(u"/notify"_s)));
        QVERIFY(manager.isOpen());
        QProcessEnvironment environment = m_environment;
        environment.insert(u"NOTIFY_SOCKET"_s, inRoot(u"/notify"_s));
        Background confabd(command.first(), command.mid(1), environment);
        QCOMPARE(manager.next(), "READY=1");

        static const QRegularExpression listening(u"listening on  (http://.*:\\d+)/v1 "_s);
        QRegularExpressionMatch match;
        QVERIFY(QTest::qWaitFor([&] { return (match = listening.match(confabd.output())).hasMatch(); }, 60'000));
        RestClient rest{QUrl(match.captured(1))};
        QCOMPARE(rest.request("GET", u"/v1/server"_s).status, 200);
        const RestReply account = rest.request(
            "POST", u"/v1/accounts"_s,
            {{u"handle"_s, u"ada"_s}, {u"displayName"_s, u"Ada"_s}, {u"password"_s, u"correct horse battery"_s}});
        QVERIFY2(account.status == 200 || account.status == 201, account.body);

        QCOMPARE(confabd.terminate(), 0);
        QCOMPARE(manager.next(), "STOPPING=1");
        QVERIFY(!QDir(inRoot(u"/var/lib/confab"_s)).isEmpty());
    }

    /// The same package again, as an upgrade is.
    void anUpgradeKeepsConfigurationAndData()
    {
        const QString before = contents(config());
        const QStringList data = QDir(inRoot(u"/var/lib/confab"_s)).entryList(QDir::Files);
        QVERIFY(before.contains(m_root.path()) && !data.isEmpty());
        const Command upgraded = dpkg({u"--install"_s, m_package});
        QVERIFY2(upgraded.ok(), qPrintable(upgraded.output));
        QCOMPARE(contents(config()), before);
        QCOMPARE(QDir(inRoot(u"/var/lib/confab"_s)).entryList(QDir::Files), data);
    }

    void removingKeepsConfigurationAndData()
    {
        const Command removed = dpkg({u"--remove"_s, u"confabd"_s});
        QVERIFY2(removed.ok(), qPrintable(removed.output));
        QVERIFY(!exists(u"/usr/bin/confabd"_s) && !QFile::exists(unit()));
        QVERIFY(contents(config()).contains(m_root.path()));
        QVERIFY(!QDir(inRoot(u"/var/lib/confab"_s)).isEmpty());
    }

    void purgingLeavesTheUserAlone()
    {
        const Command purged = dpkg({u"--purge"_s, u"confabd"_s});
        QVERIFY2(purged.ok(), qPrintable(purged.output));
        QStringList left;
        QDirIterator files(m_root.path(), QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot,
                           QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next().mid(m_root.path().size());
            if (path.contains(u"confab"_s))
                left.append(path);
        }
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
        QVERIFY(contents(inRoot(u"/etc/passwd"_s)).contains(u"confab:"_s));
    }
};

CONFAB_TEST_CLASS(tst_ServerPackage)
#include "tst_ServerPackage.moc"
