// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

namespace confab {

/// Walks the code points of a text; a lone surrogate is given as its own value.
class CodePoints
{
public:
    explicit CodePoints(QStringView text) : m_text(text) { }

    bool atEnd() const { return m_position >= m_text.size(); }
    char32_t next()
    {
        const QChar first = m_text[m_position++];
        if (first.isHighSurrogate() && !atEnd() && m_text[m_position].isLowSurrogate())
            return QChar::surrogateToUcs4(first, m_text[m_position++]);
        return first.unicode();
    }

private:
    QStringView m_text;
    qsizetype m_position = 0;
};

qint64 codePointCount(QStringView text);

inline bool isSurrogate(char32_t c)
{
    return c >= 0xD800 && c <= 0xDFFF;
}

/// The 66 code points that will never be characters (Unicode, section 23.7).
inline bool isNonCharacter(char32_t c)
{
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

/// C0, DEL and C1.
inline bool isControl(char32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

/// Shown as nothing by a renderer that knows no better (Default_Ignorable_Code_Point of Unicode 15).
bool isDefaultIgnorable(char32_t c);

/// Shows no ink: whitespace, controls, default-ignorable characters, annotation marks and the blank Braille pattern.
bool isBlank(char32_t c);

/// Folded for comparing without case. Qt 6.4 folds character by character, which leaves ß beside ss.
QString caseFolded(const QString &text);

/// Without blank characters at both ends. A joiner or variation selector behind a visible character stays.
QString trimmedBlank(const QString &text);

} // namespace confab
