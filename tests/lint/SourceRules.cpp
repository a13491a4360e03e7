// SPDX-License-Identifier: MIT
#include "tests/lint/SourceRules.h"

#include "tests/lint/SourceText.h"

#include <QtCore/QRegularExpression>

namespace confab::lint {
namespace {

using namespace Qt::StringLiterals;

constexpr int kMaxLines = 600;

/// A folder and the includes that files below it must not have.
struct LayerRule
{
    QLatin1StringView folder;
    QLatin1StringView forbidden;
};

// Dependencies point one way: apps, qml, client-sdk, shared; gateway, services, backends, shared.
constexpr LayerRule kLayerRules[] = {
    {"shared/"_L1, R"((server|client-sdk|Confab|qml|apps|tests)/)"_L1},
    {"server/"_L1, R"((client-sdk|Confab|qml|apps|tests)/)"_L1},
    {"server/runtime/"_L1, R"(server/(app|gateway|services|backends)/)"_L1},
    {"server/backends/"_L1, R"(server/(app|gateway|services)/)"_L1},
    {"server/services/"_L1, R"(server/(app|gateway)/)"_L1},
    {"server/gateway/"_L1, R"(server/app/)"_L1},
    // Only the composition root knows which implementation stands behind an interface.
    {"server/services/"_L1, R"(server/backends/\w+/(sqlite|postgres|local|redis|directory|s3)/)"_L1},
    {"server/gateway/"_L1, R"(server/backends/\w+/(sqlite|postgres|local|redis|directory|s3)/)"_L1},
    {"client-sdk/"_L1, R"((server|qml|apps|tests)/)"_L1},
    {"qml/"_L1, R"((server|apps|tests)/)"_L1},
    {"apps/"_L1, R"(tests/)"_L1},
    {"apps/confab/"_L1, R"(server/)"_L1},
    {"apps/confab-bench/"_L1, R"(server/)"_L1}, // confabctl alone may: it works on the files of a stopped server
};

class Checker
{
public:
    Checker(const QString &path, const QString &source) : m_path(path), m_source(source), m_code(codeOnly(source)) { }

    QList<Finding> check()
    {
        const bool cpp = endsWithOneOf({u".cpp"_s, u".h"_s});
        const bool qml = endsWithOneOf({u".qml"_s});
        const bool script = endsWithOneOf({u".js"_s, u".mjs"_s, u".sh"_s, u".cmake"_s, u"CMakeLists.txt"_s}) ||
                            m_path == "dev"_L1 || m_path == ".ci/run"_L1;
        if (!cpp && !qml && !script)
            return {};
        checkLicence();
        checkLength();
        checkTodo();
        if (cpp) {
            checkCoAwait();
            checkLayers();
            forbid(u"registration"_s, uR"(\b(qmlRegister\w+|setContextProperty)\b)"_s,
                   u"QML types register themselves with QML_ELEMENT"_s);
            forbid(u"thread"_s, uR"(\bQThread\s*::\s*create\b)"_s,
                   u"ThreadSanitizer sees no race in such a thread; use FunctionThread"_s);
        }
        if (m_path.startsWith("tests/"_L1)) {
            forbid(u"sleep"_s, uR"(\b(qWait|qSleep|sleep|usleep|nanosleep|msleep|sleep_for|sleep_until)\s*\()"_s,
                   u"tests wait for conditions, not for time"_s);
            forbid(u"skip"_s, uR"(\bQSKIP\b|\b(test|it|describe)\.skip\b)"_s, u"a skipped test hides what it tests"_s);
            if (qml) {
                forbid(u"sleep"_s, uR"((?<![\w.])wait\s*\((?!\s*0\s*\)))"_s,
                       u"tests wait for conditions, not for time"_s);
                forbid(u"skip"_s, uR"((?<![\w.])skip\s*\()"_s, u"a skipped test hides what it tests"_s);
            }
        }
        return m_findings;
    }

private:
    bool endsWithOneOf(const QStringList &suffixes) const
    {
        return std::any_of(suffixes.begin(), suffixes.end(), [this](const QString &s) { return m_path.endsWith(s); });
    }

    void report(const QString &rule, qsizetype position, const QString &message)
    {
        m_findings.append({rule, lineOf(m_source, position), message});
    }

    void forbid(const QString &rule, const QString &pattern, const QString &message)
    {
        auto matches = QRegularExpression(pattern).globalMatch(m_code);
        while (matches.hasNext()) {
            const auto match = matches.next();
            report(rule, match.capturedStart(), match.captured() + u": "_s + message);
        }
    }

    void checkLicence()
    {
        const QStringList first = m_source.left(200).split(u'\n').mid(0, 2);
        const bool hashBang = first.first().startsWith("#!"_L1);
        if (!first.value(hashBang ? 1 : 0).contains("SPDX-License-Identifier: MIT"_L1))
            report(u"licence"_s, 0, u"the first line names the licence: SPDX-License-Identifier: MIT"_s);
    }

    void checkLength()
    {
        const auto lines = m_source.count(u'\n');
        if (lines > kMaxLines)
            report(u"length"_s, 0, u"%1 lines, more than %2: this is two things"_s.arg(lines).arg(kMaxLines));
    }

    void checkTodo()
    {
        static const QRegularExpression pattern(uR"(\b(TO)(?:DO)\b(?!\s*\(?#\d+)|\b(FIX)(?:ME)\b(?!\s*\(?#\d+))"_s);
        auto matches = pattern.globalMatch(m_source);
        while (matches.hasNext())
            report(u"todo"_s, matches.next().capturedStart(), u"names no issue (#number)"_s);
    }

    void checkLayers()
    {
        // The quoted part is blanked in m_code, so the line is read from the source where the code has an #include.
        static const QRegularExpression pattern(uR"(^[ \t]*#[ \t]*include[ \t]*["<])"_s,
                                                QRegularExpression::MultilineOption);
        auto matches = pattern.globalMatch(m_code);
        while (matches.hasNext()) {
            const auto match = matches.next();
            const QString included = m_source.mid(match.capturedEnd()).section(QRegularExpression(u"[\">\n]"_s), 0, 0);
            for (const LayerRule &rule : kLayerRules) {
                const QRegularExpression forbidden(u'^' + QString(rule.forbidden));
                if (m_path.startsWith(rule.folder) && forbidden.match(included).hasMatch())
                    report(u"layers"_s, match.capturedStart(), rule.folder + " must not include "_L1 + included);
            }
        }
    }

    /// GCC 12 destroys some temporaries of a co_await expression twice. So its statement holds only calls on named
    /// values: no braced temporary, no lambda, no conditional; and its result is not bound to `auto [a, b]`.
    void checkCoAwait()
    {
        static const QRegularExpression pattern(uR"(\bco_await\b)"_s);
        auto matches = pattern.globalMatch(m_code);
        while (matches.hasNext()) {
            const qsizetype at = matches.next().capturedStart();
            const qsizetype begin = statementBegin(at);
            const QString statement = m_code.mid(begin, statementEnd(at) - begin);
            static const QRegularExpression binding(uR"(\bauto\s*(const)?\s*&{0,2}\s*\[)"_s);
            static const QRegularExpression lambda(uR"((?<![\w\])\s])\s*\[(?!\[)|\breturn\s*\[)"_s);
            if (binding.match(statement).hasMatch())
                report(u"co_await"_s, at, u"structured binding of an awaited value; name the value first"_s);
            else if (lambda.match(statement).hasMatch())
                report(u"co_await"_s, at, u"lambda in a co_await statement; name it first"_s);
            else if (statement.contains(u'{'))
                report(u"co_await"_s, at, u"braced temporary in a co_await statement; name it first"_s);
            if (statement.contains(u'?'))
                report(u"co_await"_s, at, u"conditional expression in a co_await statement; use if"_s);
        }
    }

    QChar nextCharacter(qsizetype after) const
    {
        qsizetype i = after + 1;
        while (i < m_code.size() && m_code.at(i).isSpace())
            ++i;
        return i < m_code.size() ? m_code.at(i) : QChar();
    }

    /// Walks back to where the statement around `at` begins. A closing brace that an operator or a comma follows
    /// belongs to the statement; its opening one does then, too.
    qsizetype statementBegin(qsizetype at) const
    {
        int braces = 0;
        for (qsizetype i = at - 1; i >= 0; --i) {
            const QChar c = m_code.at(i);
            if (c == u'}') {
                const QChar next = nextCharacter(i);
                if (braces == 0 && !QStringView(u",).?:;+-=<>&|").contains(next))
                    return i + 1;
                ++braces;
            } else if (c == u'{') {
                if (braces == 0)
                    return i + 1;
                --braces;
            } else if (c == u';' && braces == 0) {
                return i + 1;
            }
        }
        return 0;
    }

    /// Walks on to the semicolon, or to the bracket that closes what `at` is in (a condition, an outer call's end).
    qsizetype statementEnd(qsizetype at) const
    {
        int depth = 0;
        for (qsizetype i = at; i < m_code.size(); ++i) {
            const QChar c = m_code.at(i);
            if (c == u'(' || c == u'[' || c == u'{') {
                ++depth;
            } else if (c == u')' || c == u']' || c == u'}') {
                if (--depth < 0 && QStringView(u"{;").contains(nextCharacter(i)))
                    return i;
                if (depth < 0 && c == u')' && nextCharacter(i).isLetter())
                    return i;
            } else if (c == u';' && depth <= 0) {
                return i;
            }
        }
        return m_code.size();
    }

    QString m_path;
    QString m_source;
    QString m_code;
    QList<Finding> m_findings;
};

} // namespace

QList<Finding> findingsIn(const QString &path, const QString &source)
{
    return Checker(path, source).check();
}

} // namespace confab::lint
