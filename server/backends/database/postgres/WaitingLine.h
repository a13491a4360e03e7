// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Completion.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QTimer>

#include <deque>
#include <memory>

namespace confab::server {

/// Those who wait for a connection, in order; whoever waited for longer than the patience is answered `unavailable`.
///
/// A Waiter has a `completer` and a `deadline`. Belongs to one thread.
template<typename Waiter>
class WaitingLine
{
public:
    explicit WaitingLine(int patienceMs) : m_patienceMs(patienceMs)
    {
        m_patience.setSingleShot(true);
        QObject::connect(&m_patience, &QTimer::timeout, &m_patience, [this] { giveUpTheImpatient(); });
    }
    Q_DISABLE_COPY_MOVE(WaitingLine)

    QDeadlineTimer deadline() const { return QDeadlineTimer(m_patienceMs); } ///< Of somebody who comes now.
    std::size_t size() const { return m_waiters.size(); }
    bool empty() const { return m_waiters.empty(); }
    const Waiter &front() const { return *m_waiters.front(); }

    void add(std::shared_ptr<Waiter> waiter)
    {
        m_waiters.push_back(std::move(waiter));
        watch();
    }
    /// For one that was taken and could not be served.
    void putBack(std::shared_ptr<Waiter> waiter)
    {
        m_waiters.push_front(std::move(waiter));
        watch();
    }
    std::shared_ptr<Waiter> take()
    {
        std::shared_ptr<Waiter> first = std::move(m_waiters.front());
        m_waiters.pop_front();
        return first;
    }
    std::deque<std::shared_ptr<Waiter>> takeAll() { return std::exchange(m_waiters, {}); }

    void stop()
    {
        for (const std::shared_ptr<Waiter> &waiter : takeAll())
            waiter->completer.complete(Error::unavailable(QStringLiteral("The server is stopping.")));
    }

private:
    void watch()
    {
        if (!m_patience.isActive())
            m_patience.start(m_patienceMs);
    }

    void giveUpTheImpatient()
    {
        while (!m_waiters.empty() && m_waiters.front()->deadline.hasExpired()) {
            take()->completer.complete(Error::unavailable(QStringLiteral("The database cannot be reached for now.")));
        }
        if (!m_waiters.empty())
            m_patience.start(static_cast<int>(m_waiters.front()->deadline.remainingTime()) + 1);
    }

    const int m_patienceMs;
    QTimer m_patience;
    std::deque<std::shared_ptr<Waiter>> m_waiters;
};

} // namespace confab::server
