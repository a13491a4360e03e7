// SPDX-License-Identifier: MIT
#include "shared/text/CodePoints.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace confab {

namespace {
struct Range
{
    char32_t first;
    char32_t last;
};

// DerivedCoreProperties.txt, Default_Ignorable_Code_Point.
constexpr std::array kDefaultIgnorable{
    Range{0x00AD, 0x00AD},   Range{0x034F, 0x034F}, Range{0x061C, 0x061C},   Range{0x115F, 0x1160},
    Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F}, Range{0x200B, 0x200F},   Range{0x202A, 0x202E},
    Range{0x2060, 0x206F},   Range{0x3164, 0x3164}, Range{0xFE00, 0xFE0F},   Range{0xFEFF, 0xFEFF},
    Range{0xFFA0, 0xFFA0},   Range{0xFFF0, 0xFFF8}, Range{0x1BCA0, 0x1BCA3}, Range{0x1D173, 0x1D17A},
    Range{0xE0000, 0xE0FFF},
};
} // namespace

qint64 codePointCount(QStringView text)
{
    qint64 count = 0;
    for (CodePoints points(text); !points.atEnd(); points.next())
        ++count;
    return count;
}

bool isDefaultIgnorable(char32_t c)
{
    const auto after = std::upper_bound(kDefaultIgnorable.begin(), kDefaultIgnorable.end(), c,
                                        [](char32_t value, const Range &range) { return value < range.first; });
    return after != kDefaultIgnorable.begin() && c <= std::prev(after)->last;
}

bool isBlank(char32_t c)
{
    return QChar::isSpace(c) || isControl(c) || isDefaultIgnorable(c) || c == 0x2800 || (c >= 0xFFF9 && c <= 0xFFFB);
}

QString caseFolded(const QString &text)
{
    QString folded = text.toCaseFolded();
    folded.replace(QChar(0x00DF), QStringLiteral("ss"));
    return folded;
}

QString trimmedBlank(const QString &text)
{
    qsizetype begin = -1; // of the first visible character
    qsizetype end = 0;    // behind the last one and what belongs to it
    bool attached = false;
    for (qsizetype i = 0; i < text.size();) {
        const bool pair = text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        const char32_t c = pair ? QChar::surrogateToUcs4(text[i], text[i + 1]) : char32_t(text[i].unicode());
        const qsizetype next = i + (pair ? 2 : 1);
        const bool belongs =
            attached && ((c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0020 && c <= 0xE007F) || c == 0x200D || c == 0x200C);
        if (!isBlank(c)) {
            if (begin < 0)
                begin = i;
            end = next;
            attached = true;
        } else if (belongs) {
            end = next;
        } else {
            attached = false;
        }
        i = next;
    }
    return begin < 0 ? QString() : text.mid(begin, end - begin);
}

} // namespace confab
