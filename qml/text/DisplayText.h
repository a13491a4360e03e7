// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtQml/qqmlregistration.h>

namespace confab::app {

/// Turns what people wrote into what may be shown: pure functions, the same for every page.
///
/// Stored text is never changed; only the copy on screen is. Nothing here returns markup except body(), which
/// escapes everything it did not write itself.
class DisplayText : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON

public:
    using QObject::QObject;

    /// A person's or conversation's name on one line, isolated (U+2068 … U+2069) so that its direction stays its own.
    /// Direction controls inside it, line breaks and marks beyond eight a letter are dropped.
    Q_INVOKABLE static QString name(const QString &name);

    /// A message's text for a Text item: marks bounded, direction closed, emoji prepared. Markup where
    /// needsRichText() says so, plain text otherwise.
    Q_INVOKABLE static QString body(const QString &text);

    /// Whether body() of this text is markup: it has keycaps or pictures with a sign that an ordinary font also has.
    Q_INVOKABLE static bool needsRichText(const QString &text);

    /// One line for lists: white space folded, at most \a limit characters as people count them, an ellipsis after.
    Q_INVOKABLE static QString preview(const QString &text, int limit = 140);

    /// Whether a message is collapsed at first.
    Q_INVOKABLE static bool isLong(const QString &text);

    /// The part of a long message that is shown while it is collapsed, cut between characters.
    Q_INVOKABLE static QString excerpt(const QString &text);

    /// One or two letters for an avatar, whole characters of any script. Empty for an empty name.
    Q_INVOKABLE static QString initials(const QString &name);

    /// Who is typing, in words; empty for nobody. An empty name is somebody whose name is not known yet.
    Q_INVOKABLE static QString typing(const QStringList &names);

    /// How long the server finds a text: in code points.
    Q_INVOKABLE static int codePoints(const QString &text);

    /// Whether the text is one to three emoji and nothing else; such a message is shown large.
    Q_INVOKABLE static bool isEmojiOnly(const QString &text);
};

/// Drops U+FE0F in sequences joined by U+200D: with it, Qt 6.4 asks two fonts and splits the sequence.
QString joinedEmoji(const QString &text);

/// Keeps at most \a limit combining marks after a letter. Thousands of them on one letter cost seconds to draw.
QString boundedMarks(const QString &text, int limit = 8);

} // namespace confab::app
