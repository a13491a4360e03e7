// SPDX-License-Identifier: MIT
#include "shared/text/Graphemes.h"

#include "shared/text/CodePoints.h"

#include <QtCore/QTextBoundaryFinder>

#include <algorithm>

namespace confab {

namespace {
/// A cluster that ends near the cut begins at most this far before it in any honest text.
constexpr qsizetype kLongestCluster = 256;

char32_t codePointAt(const QString &text, qsizetype at)
{
    return CodePoints(QStringView(text).mid(at)).next();
}

char32_t codePointBefore(const QString &text, qsizetype at)
{
    const bool pair = at >= 2 && text[at - 1].isLowSurrogate() && text[at - 2].isHighSurrogate();
    return codePointAt(text, at - (pair ? 2 : 1));
}

bool isEmojiTag(char32_t c)
{
    return c >= 0xE0020 && c <= 0xE007F;
}

/// A regional indicator; two make a flag.
bool isFlagHalf(char32_t c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

/// Qt 6.4 breaks emoji sequences that Unicode 15 keeps: after a joiner, before skin tones and tags.
bool isInsideEmojiSequence(const QString &text, qsizetype at)
{
    const char32_t after = codePointAt(text, at);
    return codePointBefore(text, at) == 0x200D || after == 0x200D || (after >= 0x1F3FB && after <= 0x1F3FF) ||
           (after >= 0xFE00 && after <= 0xFE0F) || after == 0x20E3 || isEmojiTag(after);
}

bool isCodePointBoundary(const QString &text, qsizetype at)
{
    return !(text[at].isLowSurrogate() && text[at - 1].isHighSurrogate());
}
} // namespace

QString cutAtGrapheme(const QString &text, qsizetype maxUnits)
{
    if (text.size() <= maxUnits)
        return text;
    if (maxUnits <= 0)
        return {};
    // Only the neighbourhood decides, so a long text costs no more than a short one. The two halves of a flag are told
    // apart by counting from where their run begins.
    qsizetype begin = std::max<qsizetype>(0, maxUnits - kLongestCluster);
    while (begin > 0 && (!isCodePointBoundary(text, begin) || isFlagHalf(codePointBefore(text, begin))))
        --begin;
    const QString part = text.mid(begin, maxUnits - begin + kLongestCluster);
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, part);
    for (qsizetype at = maxUnits - begin; at > 0; --at) {
        finder.setPosition(at);
        if (finder.isAtBoundary() && isCodePointBoundary(part, at) && !isInsideEmojiSequence(part, at))
            return text.left(begin + at);
    }
    const qsizetype at = isCodePointBoundary(text, maxUnits) ? maxUnits : maxUnits - 1;
    return text.left(at);
}

QString preview(const QString &text, qsizetype maxUnits)
{
    QString line;
    bool gap = false;
    bool cut = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c.isSpace() || isControl(c.unicode())) {
            gap = !line.isEmpty();
            continue;
        }
        if (gap)
            line += u' ';
        gap = false;
        line += c;
        // A margin behind the cut tells the boundary finder whether the last cluster goes on.
        if (line.size() > maxUnits + kLongestCluster) {
            cut = true;
            break;
        }
    }
    if (!cut && line.size() <= maxUnits)
        return line;
    if (maxUnits < 1)
        return {};
    QString kept = cutAtGrapheme(line, maxUnits - 1);
    while (kept.endsWith(u' '))
        kept.chop(1);
    return kept + QChar(0x2026);
}

} // namespace confab
