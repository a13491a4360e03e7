// SPDX-License-Identifier: MIT
#include "qml/text/DisplayText.h"

#include "qml/text/Graphemes.h"

#include <QtCore/QRegularExpression>

namespace confab::app {

using namespace Qt::StringLiterals;

namespace {

constexpr QChar kFirstStrongIsolate(0x2068);
constexpr QChar kPopIsolate(0x2069);
constexpr QChar kPopEmbedding(0x202C);
constexpr QChar kPicture(0xFE0F);
constexpr QChar kJoiner(0x200D);
constexpr QChar kKeycap(0x20E3);
constexpr int kLongCharacters = 1200;
constexpr int kLongLines = 18;

bool isDirectionControl(QChar c)
{
    return (c.unicode() >= 0x202A && c.unicode() <= 0x202E) || (c.unicode() >= 0x2066 && c.unicode() <= 0x2069);
}

/// Closes direction controls that the text opened and left open, line by line as Unicode does.
QString closedDirections(const QString &text)
{
    QString closed;
    closed.reserve(text.size());
    int embeddings = 0;
    int isolates = 0;
    const auto close = [&] {
        closed.append(QString(isolates, kPopIsolate)).append(QString(embeddings, kPopEmbedding));
        embeddings = isolates = 0;
    };
    for (const QChar c : text) {
        const char16_t unit = c.unicode();
        if (unit == u'\n')
            close();
        if (unit == 0x202C)
            embeddings = std::max(0, embeddings - 1);
        else if (unit == 0x2069)
            isolates = std::max(0, isolates - 1);
        else if (unit >= 0x202A && unit <= 0x202E)
            ++embeddings;
        else if (unit >= 0x2066 && unit <= 0x2068)
            ++isolates;
        closed.append(c);
    }
    close();
    return closed;
}

/// Whether the cluster must be drawn by the emoji font although an ordinary font has its first sign.
bool needsEmojiFont(QStringView cluster)
{
    if (cluster.contains(kKeycap))
        return true;
    const bool pictures = cluster.contains(kPicture);
    const bool joined = cluster.contains(kJoiner);
    if (!pictures && !joined)
        return false;
    if (pictures && !cluster.front().isSurrogate())
        return true;
    // Signs such as U+2642 and U+2764, which text fonts have too, would split a joined sequence.
    return joined && std::any_of(cluster.begin(), cluster.end(),
                                 [](QChar c) { return c.unicode() >= 0x2190 && c.unicode() < 0x3000; });
}

template<typename Visit>
void forEachGrapheme(QStringView text, Visit visit)
{
    for (qsizetype start = 0; start < text.size();) {
        const qsizetype end = graphemeEnd(text, start);
        visit(text.sliced(start, end - start));
        start = end;
    }
}

QString foldedLine(const QString &text)
{
    return joinedEmoji(boundedMarks(text.simplified()));
}

qsizetype excerptEnd(const QString &text)
{
    qsizetype lines = 0;
    qsizetype end = 0;
    int characters = 0;
    while (end < text.size() && characters < kLongCharacters) {
        if (text[end] == u'\n' && ++lines >= kLongLines)
            break;
        end = graphemeEnd(text, end);
        ++characters;
    }
    return end;
}

} // namespace

QString joinedEmoji(const QString &text)
{
    if (!text.contains(kJoiner))
        return text;
    QString joined;
    joined.reserve(text.size());
    forEachGrapheme(text, [&](QStringView cluster) {
        if (!cluster.contains(kJoiner)) {
            joined.append(cluster);
            return;
        }
        for (const QChar c : cluster) {
            if (c != kPicture)
                joined.append(c);
        }
    });
    return joined;
}

QString boundedMarks(const QString &text, int limit)
{
    QString bounded;
    bounded.reserve(text.size());
    int marks = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool pair = text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        const QChar::Category category =
            pair ? QChar::category(QChar::surrogateToUcs4(text[i], text[i + 1])) : text[i].category();
        const bool mark = category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing;
        marks = mark ? marks + 1 : 0;
        if (marks <= limit) {
            bounded.append(text[i]);
            if (pair)
                bounded.append(text[i + 1]);
        }
        if (pair)
            ++i;
    }
    return bounded;
}

QString DisplayText::name(const QString &name)
{
    QString line = foldedLine(name);
    line.removeIf(isDirectionControl);
    if (line.isEmpty())
        return {};
    return kFirstStrongIsolate + line + kPopIsolate;
}

bool DisplayText::needsRichText(const QString &text)
{
    if (!text.contains(kPicture) && !text.contains(kKeycap) && !text.contains(kJoiner))
        return false;
    bool needed = false;
    forEachGrapheme(text, [&](QStringView cluster) { needed = needed || needsEmojiFont(cluster); });
    return needed;
}

QString DisplayText::body(const QString &text)
{
    const QString shown = closedDirections(boundedMarks(text));
    if (!needsRichText(shown))
        return joinedEmoji(shown);
    // The only markup the app ever makes: everything of the text itself is escaped.
    QString markup = u"<span style=\"white-space:pre-wrap\">"_s;
    markup.reserve(shown.size() * 2);
    QString plain;
    const auto flush = [&] {
        markup.append(plain.toHtmlEscaped().replace(u'\n', "<br/>"_L1));
        plain.clear();
    };
    forEachGrapheme(shown, [&](QStringView cluster) {
        if (!needsEmojiFont(cluster)) {
            plain.append(joinedEmoji(cluster.toString()));
            return;
        }
        flush();
        markup.append("<span style=\"font-family:'Noto Color Emoji'\">"_L1);
        // In its own font the cluster needs no U+FE0F, and with it Qt 6.4 splits keycaps.
        markup.append(cluster.toString().remove(kPicture).toHtmlEscaped());
        markup.append("</span>"_L1);
    });
    flush();
    return markup.append("</span>"_L1);
}

QString DisplayText::preview(const QString &text, int limit)
{
    // A few characters more than asked for are enough to see whether there is more.
    const QString line = foldedLine(text.left(qsizetype(limit) * 16));
    const QStringView shown = firstGraphemes(line, limit);
    const bool cut = shown.size() < line.size() || text.size() > qsizetype(limit) * 16;
    return closedDirections(cut ? shown.toString() + QChar(0x2026) : shown.toString());
}

bool DisplayText::isLong(const QString &text)
{
    // Collapsing is for what is much too long: a little over the limit is shown whole.
    if (text.size() <= kLongCharacters && text.count(u'\n') < kLongLines)
        return false;
    const qsizetype end = excerptEnd(text);
    const QStringView rest = QStringView(text).sliced(end);
    return rest.size() > kLongCharacters / 4 || rest.count(u'\n') > kLongLines / 4;
}

QString DisplayText::excerpt(const QString &text)
{
    const qsizetype end = excerptEnd(text);
    return end == text.size() ? text : text.first(end).trimmed() + QChar(0x2026);
}

QString DisplayText::initials(const QString &name)
{
    QString line = foldedLine(name);
    line.removeIf(isDirectionControl);
    QString letters;
    QStringList words = line.split(u' ', Qt::SkipEmptyParts);
    // Pictures stand for a name only where there are no letters.
    const auto isPicture = [](const QString &word) { return isEmojiOnly(word) || word.front().isPunct(); };
    if (!std::all_of(words.begin(), words.end(), isPicture))
        words.removeIf(isPicture);
    for (const QString &word : {words.value(0), words.size() > 1 ? words.last() : QString()}) {
        if (!word.isEmpty())
            letters.append(firstGraphemes(word, 1).toString().toUpper());
    }
    // Scripts without spaces or capitals read better with one sign.
    const QChar first = letters.isEmpty() ? QChar() : letters.front();
    const bool oneSign = first.script() != QChar::Script_Latin && first.script() != QChar::Script_Cyrillic &&
                         first.script() != QChar::Script_Greek;
    return oneSign ? firstGraphemes(letters, 1).toString() : letters;
}

QString DisplayText::typing(const QStringList &names)
{
    const auto shown = [](const QString &name) { return name.isEmpty() ? tr("Somebody") : DisplayText::name(name); };
    switch (names.size()) {
    case 0:
        return {};
    case 1:
        return tr("%1 is typing…").arg(shown(names.at(0)));
    case 2:
        return tr("%1 and %2 are typing…").arg(shown(names.at(0)), shown(names.at(1)));
    default:
        return tr("%1 people are typing…").arg(names.size());
    }
}

int DisplayText::codePoints(const QString &text)
{
    return static_cast<int>(text.toUcs4().size());
}

bool DisplayText::isEmojiOnly(const QString &text)
{
    const QString line = text.simplified();
    int count = 0;
    bool only = !line.isEmpty();
    forEachGrapheme(line, [&](QStringView cluster) {
        if (!only || cluster == u" ")
            return;
        const bool pair = cluster.size() > 1 && cluster[0].isHighSurrogate();
        const char32_t first = pair ? QChar::surrogateToUcs4(cluster[0], cluster[1]) : cluster[0].unicode();
        const bool flag = first >= 0x1F1E6 && first <= 0x1F1FF && cluster.size() >= 4;
        const bool picture = first >= 0x1F000 || (first >= 0x2600 && first <= 0x27BF) || cluster.contains(kPicture);
        only = (flag || (picture && isPictographic(first)) || cluster.contains(kKeycap)) && ++count <= 3;
    });
    return only;
}

} // namespace confab::app
