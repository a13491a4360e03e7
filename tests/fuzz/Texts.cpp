// SPDX-License-Identifier: MIT
// Input: a byte that chooses a length, a byte whose lowest bit chooses UTF-8 or UTF-16, then a text.
#include "shared/text/CodePoints.h"
#include "shared/text/Graphemes.h"
#include "shared/text/SearchFold.h"
#include "shared/text/TextGate.h"
#include "tests/fuzz/Input.h"
#include "tests/fuzz/Target.h"

namespace confab::fuzz {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMaxCodePoints = 64;

/// Every rule of the gate for a text that passed it.
void checkKept(const Result<QString> &kept, qint64 minCodePoints, auto check)
{
    if (!kept) {
        require(!kept.error().message.isEmpty() && kept.error().field == u"text"_s, "a refusal says where and why");
        return;
    }
    require(kept->isValidUtf16() && !kept->contains(QChar(0)), "what passed is well-formed and without NUL");
    require(QString::fromUtf8(kept->toUtf8()) == *kept, "what passed survives UTF-8");
    const qint64 count = codePointCount(*kept);
    require(count >= minCodePoints && count <= kMaxCodePoints, "what passed has the length it may have");
    const Result<QString> again = check(*kept);
    require(again && *again == *kept, "what passed passes as it is");
}

void checkGate(const QString &text)
{
    const auto message = [](const QString &t) { return checkMessageText(u"text"_s, t, kMaxCodePoints); };
    const auto name = [](const QString &t) { return checkName(u"text"_s, t, kMaxCodePoints); };
    const auto password = [](const QString &t) { return checkPassword(u"text"_s, t, 2, kMaxCodePoints); };
    checkKept(message(text), 1, message);
    checkKept(name(text), 1, name);
    checkKept(password(text), 2, password);
    const QString trimmed = trimmedBlank(text);
    require(trimmedBlank(trimmed) == trimmed && text.contains(trimmed), "trimming is done once and changes nothing");
}

void checkCut(const QString &text, qsizetype units)
{
    const QString cut = cutAtGrapheme(text, units);
    require(cut.size() <= units && text.startsWith(cut), "a cut text is a beginning of the text");
    require(!text.isValidUtf16() || cut.isValidUtf16(), "a cut leaves no half of a surrogate pair");
    require(cutAtGrapheme(cut, units) == cut, "a cut text is not cut again");
    require(cut.size() <= cutAtGrapheme(text, units + 1).size(), "more room never gives less text");
    require(text.isEmpty() || units < 2 || !cut.isEmpty(), "where there is room something is kept");

    const QString line = preview(text, units);
    require(line.size() <= units, "a preview is as long as it may be");
    require(!text.isValidUtf16() || line.isValidUtf16(), "a preview is well-formed");
    require(std::none_of(line.begin(), line.end(), [](QChar c) { return isControl(c.unicode()); }),
            "a preview is one line");
    require(!line.contains(u"  "_s) && !line.startsWith(u' ') && !line.endsWith(u' '), "a preview has single spaces");
    require(preview(line, units) == line, "a preview of a preview is the same");
}

void checkSearch(const QString &text)
{
    const QString folded = foldForSearch(text);
    require(!text.isValidUtf16() || folded.isValidUtf16(), "a folded text is well-formed");
    require(foldForSearch(folded) == folded, "folding is done once");
    for (const QString &word : searchWords(text))
        require(searchWords(word) == QStringList{word}, "a word is found by itself");
}

} // namespace

void runInput(const QByteArray &input)
{
    Input parts(input);
    const qsizetype units = parts.byte();
    const bool isUtf8 = parts.byte() % 2 == 0;
    const QByteArray bytes = parts.rest();
    QString text;
    if (isUtf8) {
        text = QString::fromUtf8(bytes);
    } else {
        for (qsizetype i = 0; i + 1 < bytes.size(); i += 2)
            text += QChar(static_cast<uchar>(bytes[i]), static_cast<uchar>(bytes[i + 1]));
    }
    require(codePointCount(text) <= text.size(), "a text has at most as many code points as units");
    checkGate(text);
    checkCut(text, units);
    checkSearch(text);
}

} // namespace confab::fuzz
