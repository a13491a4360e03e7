// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QObject>
#include <QtCore/QSocketNotifier>
#include <QtCore/QStringDecoder>
#include <QtCore/QStringList>

/// Lines from standard input and lines to standard output.
///
/// On a terminal it edits the line itself, so that messages arriving meanwhile print above what is being typed. From a
/// pipe or file it takes lines as they are. The terminal's mode is put back when the object or the process ends.
class Terminal : public QObject
{
    Q_OBJECT

public:
    explicit Terminal(QObject *parent = nullptr);
    ~Terminal() override;

    /// Whether a person types here.
    bool isInteractive() const { return m_interactive; }
    /// What stands before the typed text. Not shown where nobody types.
    void setPrompt(const QString &prompt);
    /// Whether typed characters stay unseen, for passwords.
    void setSecret(bool secret);
    /// Prints a line above the one being typed. The text must be safe to print.
    void print(const QString &line);

Q_SIGNALS:
    void lineEntered(const QString &line);
    /// End of input, or Ctrl+C.
    void closed();

private:
    void readInput();
    void takeTyped(const QString &typed);
    void takeCharacter(QChar c);
    void submit();
    void eraseGrapheme();
    void redraw();
    void write(const QString &text);

    bool m_interactive = false;
    bool m_secret = false;
    QString m_prompt;
    QString m_typed;  ///< The line being edited, or what a pipe gave of a line so far.
    int m_escape = 0; ///< Inside an escape sequence: 1 after ESC, 2 after ESC [ or ESC O.
    QStringDecoder m_decoder{QStringDecoder::Utf8};
    QSocketNotifier m_input;
};
