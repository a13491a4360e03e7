// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QSocketNotifier>

#include <sys/epoll.h>

#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

namespace confab::server {

/// The socket notifiers of one thread on one epoll descriptor (level-triggered), and which of them are ready.
///
/// Changes are collected and told to the kernel before the next wait, so a notifier that is switched many times in
/// between costs one system call or none. A descriptor may be closed and its number used again in that time:
/// whenever all notifiers of a number were gone for a moment, the kernel is asked rather than our memory.
class EpollSet final
{
public:
    EpollSet();
    ~EpollSet();
    Q_DISABLE_COPY_MOVE(EpollSet)

    void add(QSocketNotifier *notifier);
    void remove(QSocketNotifier *notifier);

    /// Waits until something is ready, another thread called wake(), or \a timeoutNs passed (none: for ever).
    /// Returns true when it was woken.
    bool wait(std::optional<qint64> timeoutNs);

    /// Waits for wake() alone.
    bool waitForWake(std::optional<qint64> timeoutNs);

    /// Ends the present or the next wait. Thread-safe.
    void wake();

    /// The next ready notifier, null when none is left. One that was removed since the wait is not returned.
    QSocketNotifier *takeReady();

    /// How many epoll_ctl calls were made so far.
    quint64 controlCalls() const { return m_controlCalls; }

private:
    static constexpr int kTypes = 3;

    struct Entry
    {
        std::array<QSocketNotifier *, kTypes> notifiers{}; // by QSocketNotifier::Type
        quint32 generation = 0;                            // names the kernel's registration
        quint32 armed = 0;                                 // the events the kernel was told; 0: not registered
        quint32 ready = 0;                                 // bit per type
        bool changed = false;
        bool uncertain = false;   // the descriptor may be another one under the same number
        bool alwaysReady = false; // epoll refuses regular files, which never block

        quint32 wanted() const;
    };

    void apply();
    void apply(int fd, Entry &entry);
    bool control(int operation, int fd, const Entry &entry, quint32 events);
    void disable(int fd);
    void markChanged(int fd, Entry &entry);
    void collect(const epoll_event &event);
    void setReady(int fd, Entry &entry, quint32 types);
    void openEpoll();
    void drainWake();

    int m_epoll = -1;
    int m_wake = -1;
    bool m_stale = false;
    bool m_preciseWait = true;
    quint32 m_lastGeneration = 0;
    quint64 m_controlCalls = 0;
    std::unordered_map<int, Entry> m_entries;
    std::vector<int> m_changed;
    std::vector<int> m_alwaysReady;
    std::vector<int> m_ready; // consumed from m_nextReady on; nested loops share it
    std::size_t m_nextReady = 0;
    std::array<epoll_event, 256> m_events{};
};

} // namespace confab::server
