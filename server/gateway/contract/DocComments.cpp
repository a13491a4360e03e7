// SPDX-License-Identifier: MIT
#include "server/gateway/contract/DocComments.h"

#include "server/gateway/contract/ContractFiles.h"

#include <QtCore/QRegularExpression>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

void append(QString &text, const QString &line)
{
    if (!text.isEmpty() && !line.isEmpty())
        text += u' ';
    text += line;
}

/// The name that a declaration as clang-format writes it declares: the last word before `=`, `{`, `;` or, of an
/// enumerator, the comma.
QByteArray declaredName(const QString &declaration)
{
    static const QRegularExpression pattern(uR"((\w+)\s*(?:=[^;]*|\{[^;]*\})?[;,]\s*$)"_s);
    return pattern.match(declaration).captured(1).toLatin1();
}

} // namespace

DocComments DocComments::ofContract()
{
    DocComments comments;
    for (const QString &header : contractHeaders())
        comments.read(contractFile(header));
    return comments;
}

void DocComments::read(const QByteArray &header)
{
    static const QRegularExpression typeLine(uR"(^(?:struct|class|enum class) (?:[A-Z_]+ )?(\w+)(?: \{)?$)"_s);
    QByteArray type;
    QByteArray field;    // that a comment in the next line may go on about
    QString pending;     // the comment above what comes
    QString declaration; // what of it has been read
    for (const QString &line : QString::fromUtf8(header).split(u'\n')) {
        const QString text = line.trimmed();
        const qsizetype mark = text.indexOf(u"///<"_s);
        if (mark < 0 && text.startsWith(u"///"_s)) {
            append(pending, text.mid(3).trimmed());
            continue;
        }
        if (const QRegularExpressionMatch match = typeLine.match(line); match.hasMatch()) {
            type = match.captured(1).toLatin1();
            if (!pending.isEmpty())
                m_texts.insert(type, pending);
        }
        pending.clear();
        append(declaration, mark < 0 ? text : text.left(mark).trimmed());
        if (mark > 0 || !text.startsWith(u"///<"_s))
            field = declaredName(declaration);
        if (mark >= 0 && !field.isEmpty())
            append(m_texts[type + '.' + field], text.mid(mark + 4).trimmed());
        if (declaration.isEmpty() || QStringView(u";,{}:").contains(declaration.back()))
            declaration.clear();
    }
}

} // namespace confab::server
