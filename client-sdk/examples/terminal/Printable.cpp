// SPDX-License-Identifier: MIT
#include "Printable.h"

#include <QtCore/QList>
#include <QtCore/QTextBoundaryFinder>

namespace {

constexpr char32_t kJoiner = 0x200d;
constexpr char32_t kNonJoiner = 0x200c;
constexpr char32_t kReplacement = 0xfffd;
/// More marks than this on one base character draw over the lines around them.
constexpr int kMaxMarks = 4;

} // namespace

QString printable(const QString &text, int indent)
{
    QString safe;
    safe.reserve(text.size());
    int marks = 0;
    const QList<uint> codePoints = text.toUcs4();
    for (const uint codePoint : codePoints) {
        const char32_t c = codePoint;
        if (c == U'\n' || c == 0x2028 || c == 0x2029) {
            safe += u'\n' + QString(indent, u' ');
            marks = 0;
            continue;
        }
        if (c == U'\t') {
            safe += QStringLiteral("    ");
            continue;
        }
        switch (QChar::category(c)) {
        case QChar::Other_Control:
            continue;
        case QChar::Other_Format:
            if (c == kJoiner || c == kNonJoiner)
                safe += QChar(static_cast<char16_t>(c));
            continue;
        case QChar::Other_Surrogate:
        case QChar::Other_NotAssigned:
        case QChar::Other_PrivateUse:
            safe += QChar(static_cast<char16_t>(kReplacement));
            continue;
        case QChar::Mark_NonSpacing:
        case QChar::Mark_Enclosing:
            if (++marks > kMaxMarks)
                continue;
            break;
        default:
            marks = 0;
        }
        safe += QStringView(QChar::fromUcs4(c));
    }
    return safe;
}

QString printableLine(const QString &text, int length)
{
    const QString line = printable(text, 0).simplified();
    QTextBoundaryFinder graphemes(QTextBoundaryFinder::Grapheme, line);
    for (int count = 0; count < length; ++count) {
        if (graphemes.toNextBoundary() < 0)
            return line;
    }
    const qsizetype cut = graphemes.position();
    return cut < line.size() ? line.left(cut) + u'…' : line;
}
