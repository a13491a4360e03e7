// SPDX-License-Identifier: MIT
#include "tests/lint/SourceText.h"

namespace confab::lint {
namespace {

void blank(QString &text, qsizetype from, qsizetype to)
{
    for (qsizetype i = from; i < to && i < text.size(); ++i) {
        if (text.at(i) != u'\n')
            text[i] = u' ';
    }
}

bool isWordCharacter(QChar c)
{
    return c.isLetterOrNumber() || c == u'_';
}

qsizetype endOr(qsizetype found, const QString &source)
{
    return found < 0 ? source.size() : found;
}

/// Returns where the literal that opens at `open` with `quote` closes.
qsizetype closingQuote(const QString &source, qsizetype open, QChar quote)
{
    qsizetype i = open + 1;
    while (i < source.size() && source.at(i) != quote) {
        if (quote != u'`' && source.at(i) == u'\n')
            break;
        i += source.at(i) == u'\\' ? 2 : 1;
    }
    return qMin(i, source.size());
}

bool opensRawString(const QString &source, qsizetype quote)
{
    if (quote == 0 || source.at(quote - 1) != u'R')
        return false;
    if (quote == 1 || !isWordCharacter(source.at(quote - 2)))
        return true;
    const QChar prefix = source.at(quote - 2);
    return prefix == u'u' || prefix == u'U' || prefix == u'L' || prefix == u'8';
}

} // namespace

QString codeOnly(const QString &source)
{
    QString code = source;
    for (qsizetype i = 0; i < source.size(); ++i) {
        const QChar c = source.at(i);
        const QChar next = i + 1 < source.size() ? source.at(i + 1) : QChar();
        if (c == u'/' && next == u'/') {
            const qsizetype end = endOr(source.indexOf(u'\n', i), source);
            blank(code, i, end);
            i = end;
        } else if (c == u'/' && next == u'*') {
            const qsizetype close = source.indexOf(QStringLiteral("*/"), i + 2);
            const qsizetype end = close < 0 ? source.size() : close + 2;
            blank(code, i, end);
            i = end - 1;
        } else if (c == u'"' && opensRawString(source, i)) {
            const qsizetype bracket = endOr(source.indexOf(u'(', i), source);
            const QString closing = u')' + source.mid(i + 1, bracket - i - 1) + u'"';
            const qsizetype close = source.indexOf(closing, bracket);
            const qsizetype end = close < 0 ? source.size() : close + closing.size() - 1;
            blank(code, i + 1, end);
            i = end;
        } else if (c == u'"' || c == u'`' || (c == u'\'' && (i == 0 || !source.at(i - 1).isLetterOrNumber()))) {
            // A quote after a digit or letter separates digits (1'000) or ends a prefix (u'x'), which is short enough.
            const qsizetype end = closingQuote(source, i, c);
            blank(code, i + 1, end);
            i = end;
        } else if (c == u'\'' && i + 2 < source.size() && (source.at(i - 1) == u'u' || source.at(i - 1) == u'U')) {
            const qsizetype end = closingQuote(source, i, c);
            blank(code, i + 1, end);
            i = end;
        }
    }
    return code;
}

int lineOf(const QString &source, qsizetype position)
{
    return 1 + static_cast<int>(QStringView(source).left(position).count(u'\n'));
}

} // namespace confab::lint
