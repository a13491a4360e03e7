// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QBasicTimer>
#include <QtCore/QObject>
#include <QtCore/QSocketNotifier>
#include <QtNetwork/QHostAddress>

#include <functional>

namespace confab::server {

/// Accepts connections of one listening socket.
///
/// When the process has no descriptor left, it pauses and tries again, instead of spinning on a listener that stays
/// readable.
class Listener : public QObject
{
public:
    using Accepted = std::function<void(int descriptor, const QHostAddress &peer)>;
    using Exhausted = std::function<void()>;

    /// Takes over the descriptor of a listening, non-blocking socket. \a exhausted is told each time that descriptors
    /// have run out.
    Listener(int descriptor, Accepted accepted, Exhausted exhausted = {});
    ~Listener() override;

    /// Stops and resumes accepting; who connects meanwhile waits in the system's queue.
    void setAccepting(bool accepting);

    /// Accepts whoever waits now, as far as descriptors last.
    void acceptAll();

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    enum class Accepting { More, Done };

    Accepting acceptOne();
    void acceptWaiting();
    void pause();

    const int m_descriptor;
    const Accepted m_accepted;
    const Exhausted m_onExhausted;
    QSocketNotifier m_notifier;
    QBasicTimer m_pause;
    bool m_accepting = true;
    bool m_exhausted = false; // no descriptor was left at the last try
};

} // namespace confab::server
