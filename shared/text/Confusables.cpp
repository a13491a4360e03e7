// SPDX-License-Identifier: MIT
#include "shared/text/Confusables.h"

#include <algorithm>
#include <iterator>

namespace confab {

namespace {
struct Confusable
{
    char32_t from;
    const char *to;
};

// Folded (lower-case) letters that are read as ASCII letters: the common part of confusables.txt of Unicode Technical
// Standard 39, and letters with a stroke or hook, which that list keeps apart.
// Sorted by code point. i and its likes become l, as 1 does.
constexpr Confusable kConfusables[] = {
    // Latin
    {0x00E6, "ae"},
    {0x00F8, "o"},
    {0x00FE, "p"},
    {0x0111, "d"},
    {0x0127, "h"},
    {0x0131, "l"},
    {0x0138, "k"},
    {0x0142, "l"},
    {0x014B, "n"},
    {0x0153, "oe"},
    {0x0167, "t"},
    {0x0180, "b"},
    {0x0185, "b"},
    {0x0188, "c"},
    {0x0192, "f"},
    {0x0199, "k"},
    {0x019A, "l"},
    {0x019E, "n"},
    {0x01A5, "p"},
    {0x01AD, "t"},
    {0x01B4, "y"},
    {0x01B6, "z"},
    {0x01BF, "p"},
    {0x01C0, "l"},
    {0x01DD, "e"},
    {0x0225, "z"},
    {0x0249, "j"},
    {0x024B, "q"},
    {0x0251, "a"},
    {0x0253, "b"},
    {0x0256, "d"},
    {0x0257, "d"},
    {0x025B, "e"},
    {0x0260, "g"},
    {0x0261, "g"},
    {0x0262, "g"},
    {0x0266, "h"},
    {0x0268, "l"},
    {0x0269, "l"},
    {0x026A, "l"},
    {0x026B, "l"},
    {0x026D, "l"},
    {0x026F, "w"},
    {0x0271, "m"},
    {0x0272, "n"},
    {0x0274, "n"},
    {0x0275, "o"},
    {0x027C, "r"},
    {0x027D, "r"},
    {0x027E, "r"},
    {0x0280, "r"},
    {0x0282, "s"},
    {0x0289, "u"},
    {0x028B, "v"},
    {0x028F, "y"},
    {0x0299, "b"},
    {0x029C, "h"},
    {0x029F, "l"},
    {0x02A0, "q"},
    // Greek
    {0x03B1, "a"},
    {0x03B2, "b"},
    {0x03B3, "y"},
    {0x03B7, "n"},
    {0x03B9, "l"},
    {0x03BA, "k"},
    {0x03BD, "v"},
    {0x03BF, "o"},
    {0x03C1, "p"},
    {0x03C3, "o"},
    {0x03C4, "t"},
    {0x03C5, "u"},
    {0x03C7, "x"},
    {0x03C9, "w"},
    {0x03F2, "c"},
    {0x03F3, "j"},
    // Cyrillic
    {0x0430, "a"},
    {0x0431, "6"},
    {0x0432, "b"},
    {0x0433, "r"},
    {0x0435, "e"},
    {0x0437, "3"},
    {0x043A, "k"},
    {0x043C, "m"},
    {0x043D, "h"},
    {0x043E, "o"},
    {0x043F, "n"},
    {0x0440, "p"},
    {0x0441, "c"},
    {0x0442, "t"},
    {0x0443, "y"},
    {0x0445, "x"},
    {0x044C, "b"},
    {0x0455, "s"},
    {0x0456, "l"},
    {0x0458, "j"},
    {0x0461, "w"},
    {0x0473, "o"},
    {0x0475, "v"},
    {0x0493, "f"},
    {0x049B, "k"},
    {0x049D, "k"},
    {0x04A3, "h"},
    {0x04AB, "c"},
    {0x04AD, "t"},
    {0x04AF, "y"},
    {0x04B3, "x"},
    {0x04BB, "h"},
    {0x04BD, "e"},
    {0x04CF, "l"},
    {0x04D5, "ae"},
    {0x04E9, "o"},
    {0x0501, "d"},
    {0x051B, "q"},
    {0x051D, "w"},
    // Armenian
    {0x0566, "q"},
    {0x056C, "l"},
    {0x0570, "h"},
    {0x0575, "j"},
    {0x0578, "n"},
    {0x057D, "u"},
    {0x0581, "g"},
    {0x0584, "p"},
    {0x0585, "o"},
    // Cherokee
    {0x13A0, "d"},
    {0x13A1, "r"},
    {0x13A2, "t"},
    {0x13A5, "l"},
    {0x13A9, "y"},
    {0x13AA, "a"},
    {0x13AB, "j"},
    {0x13AC, "e"},
    {0x13B3, "w"},
    {0x13B7, "m"},
    {0x13BB, "h"},
    {0x13C0, "g"},
    {0x13C3, "z"},
    {0x13D5, "s"},
    {0x13D9, "v"},
    {0x13DA, "s"},
    {0x13DE, "l"},
    {0x13DF, "c"},
    {0x13E2, "p"},
    {0x13E6, "k"},
    {0x13F4, "b"},
    // Latin
    {0x1D00, "a"},
    {0x1D04, "c"},
    {0x1D05, "d"},
    {0x1D07, "e"},
    {0x1D0A, "j"},
    {0x1D0B, "k"},
    {0x1D0D, "m"},
    {0x1D0F, "o"},
    {0x1D18, "p"},
    {0x1D1B, "t"},
    {0x1D1C, "u"},
    {0x1D20, "v"},
    {0x1D21, "w"},
    {0x1D22, "z"},
    // Coptic
    {0x2C81, "a"},
    {0x2C83, "b"},
    {0x2C89, "e"},
    {0x2C8F, "h"},
    {0x2C93, "l"},
    {0x2C95, "k"},
    {0x2C99, "m"},
    {0x2C9B, "n"},
    {0x2C9F, "o"},
    {0x2CA3, "p"},
    {0x2CA5, "c"},
    {0x2CA7, "t"},
    {0x2CA9, "y"},
    {0x2CAD, "x"},
    // Lisu
    {0xA4D0, "b"},
    {0xA4D1, "p"},
    {0xA4D3, "d"},
    {0xA4D4, "t"},
    {0xA4D6, "g"},
    {0xA4D7, "k"},
    {0xA4D9, "j"},
    {0xA4DA, "c"},
    {0xA4DC, "z"},
    {0xA4DD, "f"},
    {0xA4DF, "m"},
    {0xA4E0, "n"},
    {0xA4E1, "l"},
    {0xA4E2, "s"},
    {0xA4E3, "r"},
    {0xA4E6, "v"},
    {0xA4E7, "h"},
    {0xA4EA, "w"},
    {0xA4EB, "x"},
    {0xA4EC, "y"},
    {0xA4EE, "a"},
    {0xA4F0, "e"},
    {0xA4F2, "l"},
    {0xA4F3, "o"},
    {0xA4F4, "u"},
    // Latin
    {0xA730, "f"},
    {0xA731, "s"},
};
static_assert(std::is_sorted(std::begin(kConfusables), std::end(kConfusables),
                             [](const Confusable &a, const Confusable &b) { return a.from < b.from; }));
} // namespace

QLatin1StringView lookAlikeOf(char32_t c)
{
    switch (c) {
    case U'i':
    case U'1':
    case U'|':
        return QLatin1StringView("l");
    case U'0':
        return QLatin1StringView("o");
    default:
        break;
    }
    const auto row = std::lower_bound(std::begin(kConfusables), std::end(kConfusables), c,
                                      [](const Confusable &a, char32_t value) { return a.from < value; });
    if (row == std::end(kConfusables) || row->from != c)
        return {};
    return QLatin1StringView(row->to);
}

} // namespace confab
