// SPDX-License-Identifier: MIT
#include "Terminal.h"

#include <QtCore/QTextBoundaryFinder>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cwchar>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace {

using namespace Qt::StringLiterals;

/// Kept outside of the object, for the signal handler alone.
termios g_savedMode;
volatile std::sig_atomic_t g_modeChanged = 0;

void restoreMode()
{
    if (g_modeChanged)
        tcsetattr(STDIN_FILENO, TCSANOW, &g_savedMode);
    g_modeChanged = 0;
}

void restoreModeAndDie(int signal)
{
    restoreMode();
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

/// Lets characters come one by one and unechoed. Returns whether this is a terminal that can.
bool takeOverTerminal()
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || qgetenv("TERM") == "dumb" ||
        tcgetattr(STDIN_FILENO, &g_savedMode) != 0)
        return false;
    termios mode = g_savedMode;
    mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
    g_modeChanged = 1;
    for (const int signal : {SIGTERM, SIGHUP, SIGINT, SIGQUIT})
        std::signal(signal, restoreModeAndDie);
    return tcsetattr(STDIN_FILENO, TCSANOW, &mode) == 0;
}

int columns()
{
    winsize size{};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

int widthOf(QStringView text)
{
    int width = 0;
    const QList<uint> codePoints = text.toUcs4();
    for (const uint c : codePoints)
        width += qMax(0, wcwidth(static_cast<wchar_t>(c)));
    return width;
}

} // namespace

Terminal::Terminal(QObject *parent)
    : QObject(parent), m_interactive(takeOverTerminal()), m_input(STDIN_FILENO, QSocketNotifier::Read)
{
    connect(&m_input, &QSocketNotifier::activated, this, &Terminal::readInput);
}

Terminal::~Terminal()
{
    if (m_interactive)
        write(u"\r\x1b[K"_s);
    restoreMode();
}

void Terminal::setPrompt(const QString &prompt)
{
    m_prompt = prompt;
    redraw();
}

void Terminal::setSecret(bool secret)
{
    m_secret = secret;
    redraw();
}

void Terminal::print(const QString &line)
{
    if (m_interactive)
        write(u"\r\x1b[K"_s + line + u"\r\n"_s);
    else
        write(line + u'\n');
    redraw();
}

void Terminal::readInput()
{
    char buffer[4096];
    const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (size <= 0) {
        m_input.setEnabled(false);
        if (!m_interactive && !m_typed.isEmpty())
            submit();
        Q_EMIT closed();
        return;
    }
    const QString typed = m_decoder(QByteArrayView(buffer, size));
    takeTyped(typed);
}

void Terminal::takeTyped(const QString &typed)
{
    for (const QChar c : typed) {
        if (m_interactive)
            takeCharacter(c);
        else if (c == u'\n')
            submit();
        else if (c != u'\r')
            m_typed += c;
    }
    redraw();
}

void Terminal::takeCharacter(QChar c)
{
    if (m_escape == 1) {
        m_escape = c == u'[' || c == u'O' ? 2 : 0;
        return;
    }
    if (m_escape == 2) {
        if (c >= u'@' && c <= u'~')
            m_escape = 0;
        return;
    }
    switch (c.unicode()) {
    case '\r':
    case '\n':
        submit();
        return;
    case 0x1b:
        m_escape = 1;
        return;
    case 0x7f:
    case 0x08:
        eraseGrapheme();
        return;
    case 0x15: // Ctrl+U
        m_typed.clear();
        return;
    case 0x17: // Ctrl+W
        while (m_typed.endsWith(u' '))
            m_typed.chop(1);
        m_typed.truncate(m_typed.lastIndexOf(u' ') + 1);
        return;
    case 0x03: // Ctrl+C
        Q_EMIT closed();
        return;
    case 0x04: // Ctrl+D
        if (m_typed.isEmpty())
            Q_EMIT closed();
        return;
    default:
        if (c.unicode() >= 0x20)
            m_typed += c;
    }
}

void Terminal::submit()
{
    const QString line = std::exchange(m_typed, {});
    Q_EMIT lineEntered(line);
}

void Terminal::eraseGrapheme()
{
    QTextBoundaryFinder graphemes(QTextBoundaryFinder::Grapheme, m_typed);
    graphemes.toEnd();
    m_typed.truncate(qMax(0, static_cast<int>(graphemes.toPreviousBoundary())));
}

/// Draws the line being typed again: its end, where it is longer than the terminal is wide.
void Terminal::redraw()
{
    if (!m_interactive)
        return;
    const int room = columns() - widthOf(m_prompt) - 1;
    QStringView shown = m_secret ? QStringView() : QStringView(m_typed);
    while (!shown.isEmpty() && widthOf(shown) > room)
        shown = shown.mid(shown.front().isHighSurrogate() && shown.size() > 1 ? 2 : 1);
    write(u"\r\x1b[K"_s + m_prompt + shown.toString());
}

void Terminal::write(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}
