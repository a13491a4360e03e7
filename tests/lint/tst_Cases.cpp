// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"

#include <QtCore/QDir>
#include <QtCore/QRegularExpression>

using namespace Qt::StringLiterals;

/// docs/cases.md says which test shows what: that the tests exist, and name their cases in turn.
class tst_Cases : public QObject
{
    Q_OBJECT

    struct Case
    {
        QString name;
        QString behaviour;
        QString shownBy;
    };

    /// The comment right above a test function; a null text when there is no such function.
    static QString commentAbove(const QString &source, const QString &function)
    {
        const QStringList lines = source.split(u'\n');
        const QString start = u"    void "_s + function + u'(';
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (!lines[i].startsWith(start))
                continue;
            QString comment = u""_s;
            for (qsizetype j = i - 1; j >= 0 && lines[j].trimmed().startsWith("//"_L1); --j)
                comment += lines[j] + u'\n';
            return comment;
        }
        return {};
    }

    QList<Case> m_cases;

private Q_SLOTS:
    void initTestCase()
    {
        QFile page(QDir(qEnvironmentVariable("CONFAB_SOURCE_DIR")).filePath(u"docs/cases.md"_s));
        QVERIFY2(page.open(QIODevice::ReadOnly), qPrintable(page.errorString()));
        static const QRegularExpression row(u"^\\| ([A-Z]\\d+) \\| (.*) \\| (.*) \\|$"_s,
                                            QRegularExpression::MultilineOption);
        auto rows = row.globalMatch(QString::fromUtf8(page.readAll()));
        while (rows.hasNext()) {
            const QRegularExpressionMatch match = rows.next();
            m_cases.append({match.captured(1), match.captured(2), match.captured(3)});
        }
        QVERIFY2(m_cases.size() > 60, "the tables of docs/cases.md cannot be read");
    }

    void eachCaseStandsThereOnce()
    {
        QSet<QString> names;
        for (const Case &each : m_cases) {
            QVERIFY2(!names.contains(each.name), qPrintable(each.name));
            names.insert(each.name);
        }
    }

    void eachCaseHasATestOrAReason()
    {
        QStringList without;
        for (const Case &each : m_cases) {
            if (!each.shownBy.contains("::"_L1) && !each.shownBy.contains("not yet"_L1, Qt::CaseInsensitive))
                without.append(each.name);
        }
        QVERIFY2(without.isEmpty(), qPrintable(without.join(u' ')));
    }

    void testsExistAndNameTheirCases()
    {
        const QDir tests(QDir(qEnvironmentVariable("CONFAB_SOURCE_DIR")).filePath(u"tests"_s));
        static const QRegularExpression reference(u"`([\\w/.-]+)::(\\w+)`"_s);
        QStringList wrong;
        int references = 0;
        for (const Case &each : m_cases) {
            auto matches = reference.globalMatch(each.shownBy);
            while (matches.hasNext()) {
                const QRegularExpressionMatch match = matches.next();
                ++references;
                QFile file(tests.filePath(match.captured(1)));
                const QString source = file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
                const QString comment = commentAbove(source, match.captured(2));
                const QRegularExpression name(u"\\b%1\\b"_s.arg(each.name));
                if (comment.isNull())
                    wrong.append(u"%1: there is no %2"_s.arg(each.name, match.captured(0)));
                else if (!comment.contains(name))
                    wrong.append(u"%1: the comment of %2 does not name it"_s.arg(each.name, match.captured(0)));
            }
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
        QVERIFY(references > 100);
    }
};

CONFAB_TEST_CLASS(tst_Cases)
#include "tst_Cases.moc"
