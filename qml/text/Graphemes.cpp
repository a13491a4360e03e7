// SPDX-License-Identifier: MIT
#include "qml/text/Graphemes.h"

#include <QtCore/QChar>

namespace confab::app {

namespace {

constexpr char32_t kJoiner = 0x200D;

struct CodePoint
{
    char32_t value = 0;
    qsizetype units = 0;
};

CodePoint codePointAt(QStringView text, qsizetype position)
{
    if (position >= text.size())
        return {};
    const QChar first = text[position];
    if (first.isHighSurrogate() && position + 1 < text.size() && text[position + 1].isLowSurrogate())
        return {QChar::surrogateToUcs4(first, text[position + 1]), 2};
    return {first.unicode(), 1};
}

bool isRegionalIndicator(char32_t c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

bool isHangulLeading(char32_t c)
{
    return c >= 0x1100 && c <= 0x115F;
}

bool isHangulVowelOrTrailing(char32_t c)
{
    return c >= 0x1160 && c <= 0x11FF;
}

/// Marks, variation selectors, skin tones and tags: what belongs to the character before it.
bool extends(char32_t c)
{
    if (c >= 0x1F3FB && c <= 0x1F3FF)
        return true;
    if (c >= 0xE0020 && c <= 0xE007F)
        return true;
    const QChar::Category category = QChar::category(c);
    return category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing ||
           category == QChar::Mark_SpacingCombining;
}

} // namespace

bool isPictographic(char32_t c)
{
    return (c >= 0x1F000 && c <= 0x1FAFF && !isRegionalIndicator(c)) || (c >= 0x2190 && c <= 0x21FF) ||
           (c >= 0x2300 && c <= 0x27BF) || (c >= 0x2900 && c <= 0x297F) || (c >= 0x2B00 && c <= 0x2BFF) || c == 0xA9 ||
           c == 0xAE || c == 0x203C || c == 0x2049 || c == 0x2122 || c == 0x2139 || c == 0x3030 || c == 0x303D ||
           c == 0x3297 || c == 0x3299;
}

qsizetype graphemeEnd(QStringView text, qsizetype start)
{
    const CodePoint first = codePointAt(text, start);
    qsizetype end = start + first.units;
    if (first.value == u'\r')
        return codePointAt(text, end).value == u'\n' ? end + 1 : end;
    if (first.units == 0 || first.value < 0x20)
        return end;
    if (isRegionalIndicator(first.value)) {
        const CodePoint second = codePointAt(text, end);
        if (isRegionalIndicator(second.value))
            end += second.units;
    }
    bool syllable = isHangulLeading(first.value);
    char32_t previous = first.value;
    while (end < text.size()) {
        const CodePoint next = codePointAt(text, end);
        const bool joins = next.value == kJoiner || extends(next.value) ||
                           (previous == kJoiner && isPictographic(next.value)) ||
                           (syllable && (isHangulLeading(next.value) || isHangulVowelOrTrailing(next.value)));
        if (!joins)
            break;
        syllable = syllable && (isHangulLeading(next.value) || isHangulVowelOrTrailing(next.value));
        previous = next.value;
        end += next.units;
    }
    return end;
}

QStringView firstGraphemes(QStringView text, int limit)
{
    qsizetype end = 0;
    for (int count = 0; count < limit && end < text.size(); ++count)
        end = graphemeEnd(text, end);
    return text.first(end);
}

} // namespace confab::app
