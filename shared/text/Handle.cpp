// SPDX-License-Identifier: MIT
#include "shared/text/Handle.h"

#include "shared/text/CodePoints.h"
#include "shared/text/Confusables.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace confab {
using namespace Qt::StringLiterals;

namespace {

// Scripts whose letters are taken for each other's.
constexpr QChar::Script kAlikeScripts[] = {
    QChar::Script_Latin,    QChar::Script_Greek,    QChar::Script_Cyrillic,  QChar::Script_Armenian,
    QChar::Script_Cherokee, QChar::Script_Coptic,   QChar::Script_Lisu,      QChar::Script_Gothic,
    QChar::Script_Deseret,  QChar::Script_Georgian, QChar::Script_OldItalic, QChar::Script_Glagolitic,
};

// Names whose look-alikes deceive: whoever holds them seems to speak for the server.
constexpr std::array kGuarded{
    "admin"_L1,    "administrator"_L1, "confab"_L1,   "moderator"_L1, "official"_L1,
    "operator"_L1, "postmaster"_L1,    "root"_L1,     "security"_L1,  "server"_L1,
    "staff"_L1,    "support"_L1,       "sysadmin"_L1, "system"_L1,    "webmaster"_L1,
};

// Words with a meaning of their own in mentions, paths and code.
constexpr std::array kReserved{
    "abuse"_L1, "all"_L1, "anonymous"_L1, "api"_L1,     "channel"_L1, "deleted"_L1, "everybody"_L1, "everyone"_L1,
    "here"_L1,  "me"_L1,  "nobody"_L1,    "noreply"_L1, "null"_L1,    "owner"_L1,   "undefined"_L1,
};

bool isSeparator(char32_t c)
{
    return c == U'_' || c == U'.' || c == U'-';
}

bool isLetterOrDigit(char32_t c)
{
    return (QChar::isLetter(c) || QChar::isDigit(c)) && !isDefaultIgnorable(c);
}

/// A vowel sign or the like, without which a script cannot be written. Free diacritics are no part of one.
bool isMarkOfScript(char32_t c)
{
    return QChar::isMark(c) && QChar::script(c) != QChar::Script_Inherited &&
           QChar::script(c) != QChar::Script_Common && !isDefaultIgnorable(c);
}

QString withoutSeparators(const QString &text)
{
    QString result;
    std::copy_if(text.begin(), text.end(), std::back_inserter(result),
                 [](QChar c) { return !isSeparator(c.unicode()); });
    return result;
}

bool mixesAlikeScripts(const QString &text)
{
    QChar::Script seen = QChar::Script_Unknown;
    for (CodePoints points(text); !points.atEnd();) {
        const QChar::Script script = QChar::script(points.next());
        if (std::find(std::begin(kAlikeScripts), std::end(kAlikeScripts), script) == std::end(kAlikeScripts))
            continue;
        if (seen != QChar::Script_Unknown && seen != script)
            return true;
        seen = script;
    }
    return false;
}

} // namespace

QString normalisedHandle(const QString &typed)
{
    QString text = typed.trimmed();
    // A handle is never this long; what is longer stays unknown without the cost of normalising it.
    text.truncate(512);
    if (text.startsWith(u'@'))
        text.remove(0, 1);
    // Folding may undo the composition, and composing may give something that folds.
    const QString folded = caseFolded(text.normalized(QString::NormalizationForm_KC));
    return caseFolded(folded.normalized(QString::NormalizationForm_KC)).normalized(QString::NormalizationForm_KC);
}

QString handleSkeleton(const QString &normalised)
{
    QString skeleton;
    const QString decomposed = normalised.normalized(QString::NormalizationForm_KD);
    for (CodePoints points(decomposed); !points.atEnd();) {
        char32_t c = points.next();
        if (QChar::isMark(c) && QChar::script(c) == QChar::Script_Inherited)
            continue;
        if (isSeparator(c)) {
            if (!skeleton.endsWith(u'_'))
                skeleton += u'_';
            continue;
        }
        if (QChar::isDigit(c))
            c = U'0' + char32_t(QChar::digitValue(c));
        const QLatin1StringView alike = lookAlikeOf(c);
        if (alike.isEmpty())
            skeleton += QChar::fromUcs4(c);
        else
            skeleton += alike;
    }
    skeleton.replace("rn"_L1, "m"_L1);
    skeleton.replace("vv"_L1, "w"_L1);
    return skeleton;
}

Result<Handle> checkHandle(const QString &field, const QString &typed, qint64 maxCodePoints)
{
    if (typed.size() > 512)
        return Error::tooLarge(field, u"A handle has at most %1 characters."_s.arg(maxCodePoints));
    const QString text = normalisedHandle(typed);
    const qint64 length = codePointCount(text);
    if (length < kHandleMinLength)
        return Error::invalid(field, u"A handle has at least %1 characters."_s.arg(kHandleMinLength));
    if (length > maxCodePoints)
        return Error::tooLarge(field, u"A handle has at most %1 characters."_s.arg(maxCodePoints));
    bool first = true;
    char32_t last = 0;
    for (CodePoints points(text); !points.atEnd(); first = false) {
        last = points.next();
        if (first && !isLetterOrDigit(last))
            return Error::invalid(field, u"A handle begins with a letter or a digit."_s);
        if (!isLetterOrDigit(last) && !isSeparator(last) && !isMarkOfScript(last))
            return Error::invalid(field, u"A handle holds letters, digits and _ . - alone."_s);
    }
    if (last == U'.' || last == U'-')
        return Error::invalid(field, u"A handle does not end with a dot or a hyphen."_s);
    if (mixesAlikeScripts(text))
        return Error::invalid(field, u"A handle does not mix alphabets that look alike, such as Latin and Cyrillic."_s);
    return Handle{text, handleSkeleton(text)};
}

bool isReservedHandle(const Handle &handle)
{
    const QString plain = withoutSeparators(handle.text);
    if (std::find(kReserved.begin(), kReserved.end(), plain) != kReserved.end())
        return true;
    const QString skeleton = withoutSeparators(handle.skeleton);
    return std::any_of(kGuarded.begin(), kGuarded.end(),
                       [&](QLatin1StringView name) { return handleSkeleton(QString(name)) == skeleton; });
}

} // namespace confab
