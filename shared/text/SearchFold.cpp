// SPDX-License-Identifier: MIT
#include "shared/text/SearchFold.h"

#include "shared/text/CodePoints.h"

namespace confab {

QString foldForSearch(const QString &text)
{
    const QString folded = caseFolded(text.normalized(QString::NormalizationForm_KC));
    const QString decomposed = folded.normalized(QString::NormalizationForm_KD);
    QString result;
    result.reserve(decomposed.size());
    for (CodePoints points(decomposed); !points.atEnd();) {
        const char32_t c = points.next();
        // Marks that belong to one script (vowels of Devanagari, Thai, …) are letters to their readers.
        const bool diacritic = QChar::isMark(c) && QChar::script(c) == QChar::Script_Inherited;
        if (!diacritic && !isDefaultIgnorable(c))
            result += QChar::fromUcs4(c);
    }
    // Without its dot the capital İ is a capital I.
    return caseFolded(result).normalized(QString::NormalizationForm_C);
}

QStringList searchWords(const QString &text)
{
    QStringList words;
    QString word;
    const auto finish = [&] {
        if (!word.isEmpty() && !words.contains(word))
            words += word;
        word.clear();
    };
    const QString folded = foldForSearch(text);
    for (CodePoints points(folded); !points.atEnd();) {
        const char32_t c = points.next();
        if (QChar::isLetterOrNumber(c) || QChar::isMark(c))
            word += QChar::fromUcs4(c);
        else
            finish();
    }
    finish();
    return words;
}

} // namespace confab
