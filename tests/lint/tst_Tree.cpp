// SPDX-License-Identifier: MIT
#include "tests/lint/SourceRules.h"
#include "tests/support/TestClass.h"

#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QRegularExpression>

using namespace confab::lint;
using namespace Qt::StringLiterals;

/// Applies the rules to every file of the tree.
class tst_Tree : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsTheRules_data()
    {
        QTest::addColumn<QString>("path");
        const QDir root(qEnvironmentVariable("CONFAB_SOURCE_DIR"));
        QVERIFY2(root.exists(u"shared/core/Result.h"_s), "CONFAB_SOURCE_DIR is not the root of the tree");
        addFiles(root, u"."_s, QDir::Files | QDir::Hidden, QDirIterator::NoIteratorFlags);
        const QStringList folders = root.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::Hidden);
        for (const QString &folder : folders) {
            if (folder != "build"_L1 && folder != ".git"_L1 && folder != ".cache"_L1)
                addFiles(root, folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        }
    }
    void followsTheRules()
    {
        QFETCH(QString, path);
        QFile file(QDir(qEnvironmentVariable("CONFAB_SOURCE_DIR")).filePath(path));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        QStringList lines;
        for (const Finding &finding : findingsIn(path, QString::fromUtf8(file.readAll())))
            lines.append(u"%1:%2: %3: %4"_s.arg(path).arg(finding.line).arg(finding.rule, finding.message));
        QVERIFY2(lines.isEmpty(), qPrintable(lines.join(u'\n')));
    }

    void pagesLinkToWhatIsThere_data()
    {
        QTest::addColumn<QString>("path");
        const QDir root(qEnvironmentVariable("CONFAB_SOURCE_DIR"));
        for (const QString &page : root.entryList({u"*.md"_s}, QDir::Files))
            QTest::newRow(qPrintable(page)) << page;
        QDirIterator pages(root.filePath(u"docs"_s), {u"*.md"_s}, QDir::Files, QDirIterator::Subdirectories);
        while (pages.hasNext()) {
            const QString page = root.relativeFilePath(pages.next());
            QTest::newRow(qPrintable(page)) << page;
        }
    }
    void pagesLinkToWhatIsThere()
    {
        QFETCH(QString, path);
        QFile file(QDir(qEnvironmentVariable("CONFAB_SOURCE_DIR")).filePath(path));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        const QDir folder(QFileInfo(file).absolutePath());
        static const QRegularExpression link(uR"(\]\(([^)#\s]+))"_s);
        QStringList broken;
        auto links = link.globalMatch(QString::fromUtf8(file.readAll()));
        while (links.hasNext()) {
            const QString target = links.next().captured(1);
            if (!target.contains("://"_L1) && !folder.exists(target))
                broken.append(target);
        }
        QVERIFY2(broken.isEmpty(), qPrintable(path + u" links to what is not there: "_s + broken.join(u' ')));
    }

    /// What they are to show is how little it takes.
    void examplesStaySmall_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("most");
        QTest::newRow("a chat in QML") << u"client-sdk/examples/minimal-qml/Main.qml"_s << 60;
        QTest::newRow("a bot in C++") << u"client-sdk/examples/echo-bot/main.cpp"_s << 40;
    }
    void examplesStaySmall()
    {
        QFETCH(QString, path);
        QFETCH(int, most);
        QFile file(QDir(qEnvironmentVariable("CONFAB_SOURCE_DIR")).filePath(path));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        const auto lines = file.readAll().count('\n');
        QVERIFY2(lines <= most, qPrintable(u"%1 has %2 lines, more than %3"_s.arg(path).arg(lines).arg(most)));
    }

    /// A version that is built is a version that is described.
    void theChangelogTellsOfThisVersion()
    {
        const QDir root(qEnvironmentVariable("CONFAB_SOURCE_DIR"));
        QFile changelog(root.filePath(u"CHANGELOG.md"_s));
        QVERIFY2(changelog.open(QIODevice::ReadOnly), qPrintable(changelog.errorString()));
        const QString text = QString::fromUtf8(changelog.readAll());
        QVERIFY2(text.contains(u"\n## [" CONFAB_VERSION "] - "_s), "CHANGELOG.md has no section for " CONFAB_VERSION);
    }

private:
    static void addFiles(const QDir &root, const QString &folder, QDir::Filters filters,
                         QDirIterator::IteratorFlags flags)
    {
        static const QStringList kinds{u".cpp"_s, u".h"_s,     u".qml"_s,           u".js"_s, u".mjs"_s, u".sh"_s,
                                       u"dev"_s,  u".cmake"_s, u"CMakeLists.txt"_s, u"run"_s};
        QDirIterator files(root.filePath(folder), filters, flags);
        while (files.hasNext()) {
            const QString path = QDir::cleanPath(root.relativeFilePath(files.next()));
            const bool known =
                std::any_of(kinds.begin(), kinds.end(), [&](const QString &k) { return path.endsWith(k); });
            if (known && !path.contains("node_modules/"_L1))
                QTest::newRow(qPrintable(path)) << path;
        }
    }
};

CONFAB_TEST_CLASS(tst_Tree)
#include "tst_Tree.moc"
