// SPDX-License-Identifier: MIT
#include "shared/text/TextGate.h"

#include "shared/text/CodePoints.h"

namespace confab {
using namespace Qt::StringLiterals;

namespace {
QString codePointName(char32_t c)
{
    return u"U+"_s + QString::number(uint(c), 16).toUpper().rightJustified(4, u'0');
}

bool isAllowed(char32_t c, Controls controls)
{
    if (controls == Controls::AllButNul)
        return true;
    const bool lineOrTab = c == '\n' || c == '\r' || c == '\t' || c == 0x2028 || c == 0x2029;
    if (lineOrTab)
        return controls == Controls::LinesAndTabs;
    return !isControl(c);
}

/// The fault of one character; nothing where it may stay.
std::optional<Error> faultOf(const QString &field, char32_t c, Controls controls)
{
    if (c == 0)
        return Error::invalid(field, u"The text must not hold the NUL character."_s);
    if (isSurrogate(c))
        return Error::invalid(field,
                              u"The text is ill-formed: it holds half a surrogate pair (%1)."_s.arg(codePointName(c)));
    if (isNonCharacter(c))
        return Error::invalid(field, u"The text must not hold the non-character %1."_s.arg(codePointName(c)));
    if (!isAllowed(c, controls))
        return Error::invalid(field, u"The text must not hold the control character %1."_s.arg(codePointName(c)));
    return std::nullopt;
}
QString withoutByteOrderMark(const QString &text)
{
    qsizetype begin = 0;
    while (begin < text.size() && text[begin] == QChar::ByteOrderMark)
        ++begin;
    return text.mid(begin);
}
} // namespace

Result<QString> checkText(const QString &field, const QString &text, qint64 minCodePoints, qint64 maxCodePoints,
                          const TextRules &rules)
{
    // The end is trimmed before characters are judged: a newline pasted behind a name is no mistake worth a message.
    // What no text may hold is judged in the text as it came.
    for (CodePoints points(text); !points.atEnd();) {
        if (auto fault = faultOf(field, points.next(), Controls::AllButNul))
            return *fault;
    }
    const QString kept = rules.trim ? trimmedBlank(text) : withoutByteOrderMark(text);
    qint64 count = 0;
    bool visible = false;
    for (CodePoints points(kept); !points.atEnd(); ++count) {
        const char32_t c = points.next();
        if (auto fault = faultOf(field, c, rules.controls))
            return *fault;
        visible = visible || !isBlank(c);
    }
    if (!rules.allowBlank && !visible && (minCodePoints > 0 || count > 0))
        return Error::invalid(field, u"The text must not be empty or invisible."_s);
    if (count < minCodePoints)
        return Error::invalid(field, u"At least %1 characters are needed."_s.arg(minCodePoints));
    if (count > maxCodePoints)
        return Error::tooLarge(field,
                               u"At most %1 characters are allowed; these are %2."_s.arg(maxCodePoints).arg(count));
    return kept;
}

Result<QString> checkMessageText(const QString &field, const QString &text, qint64 maxCodePoints)
{
    return checkText(field, text, 1, maxCodePoints, {Controls::AllButNul, false, false});
}

Result<QString> checkName(const QString &field, const QString &text, qint64 maxCodePoints)
{
    return checkText(field, text, 1, maxCodePoints, {Controls::None, true, false});
}

Result<QString> checkPassword(const QString &field, const QString &text, qint64 minCodePoints, qint64 maxCodePoints)
{
    // Normalising costs; a text that is too long in any form (NFC shortens by less than 18 times) is refused before.
    if (text.size() > maxCodePoints * 36)
        return Error::tooLarge(field, u"At most %1 characters are allowed."_s.arg(maxCodePoints));
    return checkText(field, text.normalized(QString::NormalizationForm_C), minCodePoints, maxCodePoints,
                     {Controls::AllButNul, false, true});
}

} // namespace confab
