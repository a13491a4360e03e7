// SPDX-License-Identifier: MIT
#include "server/runtime/EpollSet.h"

#include "server/runtime/Log.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace confab::server {

namespace {
constexpr std::array<quint32, 3> kEventOfType{EPOLLIN, EPOLLOUT, EPOLLPRI};
constexpr quint64 kWakeKey = std::numeric_limits<quint64>::max();

quint64 keyOf(int fd, quint32 generation)
{
    return (quint64(generation) << 32) | quint32(fd);
}

timespec toTimespec(qint64 ns)
{
    return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
}
} // namespace

quint32 EpollSet::Entry::wanted() const
{
    quint32 events = 0;
    for (std::size_t type = 0; type < kTypes; ++type) {
        if (notifiers[type])
            events |= kEventOfType[type];
    }
    return events;
}

EpollSet::EpollSet() : m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (m_wake < 0)
        qFatal("eventfd: %s", std::strerror(errno));
    openEpoll();
}

EpollSet::~EpollSet()
{
    close(m_epoll);
    close(m_wake);
}

void EpollSet::openEpoll()
{
    m_epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kWakeKey;
    if (m_epoll < 0 || epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wake, &event) != 0)
        qFatal("epoll: %s", std::strerror(errno));
}

void EpollSet::add(QSocketNotifier *notifier)
{
    const auto fd = static_cast<int>(notifier->socket());
    const auto [found, isNew] = m_entries.try_emplace(fd);
    Entry &entry = found->second;
    if (isNew)
        entry.generation = ++m_lastGeneration;
    QSocketNotifier *&slot = entry.notifiers[static_cast<std::size_t>(notifier->type())];
    if (slot && slot != notifier) {
        qCWarning(lcRuntime, "Two socket notifiers for descriptor %d and type %d; the newer one counts", fd,
                  int(notifier->type()));
        entry.uncertain = true;
    }
    slot = notifier;
    markChanged(fd, entry);
}

void EpollSet::remove(QSocketNotifier *notifier)
{
    const auto fd = static_cast<int>(notifier->socket());
    const auto found = m_entries.find(fd);
    if (found == m_entries.end())
        return;
    Entry &entry = found->second;
    const auto type = static_cast<std::size_t>(notifier->type());
    if (entry.notifiers[type] != notifier)
        return;
    entry.notifiers[type] = nullptr;
    entry.ready &= ~(1U << type);
    if (entry.wanted() == 0) {
        entry.uncertain = true;
        entry.generation = ++m_lastGeneration;
    }
    markChanged(fd, entry);
}

void EpollSet::markChanged(int fd, Entry &entry)
{
    if (std::exchange(entry.changed, true))
        return;
    m_changed.push_back(fd);
}

void EpollSet::apply()
{
    if (std::exchange(m_stale, false)) {
        // Somebody closed a descriptor whose file lives on in a duplicate: the kernel still reports it, and without
        // the number it cannot be removed. Only a new epoll descriptor forgets it.
        close(m_epoll);
        openEpoll();
        for (auto &[fd, entry] : m_entries) {
            entry.armed = 0;
            markChanged(fd, entry);
        }
    }
    // Disabling a broken notifier adds to the list while it is walked.
    for (std::size_t i = 0; i < m_changed.size(); ++i) {
        const int fd = m_changed[i];
        const auto found = m_entries.find(fd);
        if (found == m_entries.end())
            continue;
        found->second.changed = false;
        apply(fd, found->second);
    }
    m_changed.clear();
}

void EpollSet::apply(int fd, Entry &entry)
{
    const quint32 wanted = entry.wanted();
    const bool uncertain = std::exchange(entry.uncertain, false);
    if (entry.alwaysReady && (uncertain || wanted == 0)) {
        entry.alwaysReady = false;
        std::erase(m_alwaysReady, fd);
    }
    if (wanted == 0) {
        // Fails where the descriptor was closed, which removed it already.
        if (entry.armed != 0)
            control(EPOLL_CTL_DEL, fd, entry, 0);
        m_entries.erase(fd);
        return;
    }
    if (entry.alwaysReady || (wanted == entry.armed && !uncertain))
        return;
    int operation = entry.armed == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    bool done = control(operation, fd, entry, wanted);
    if (!done && (errno == ENOENT || errno == EEXIST)) {
        operation = errno == ENOENT ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
        done = control(operation, fd, entry, wanted);
    }
    if (done) {
        entry.armed = wanted;
        return;
    }
    entry.armed = 0;
    if (errno == EPERM) {
        entry.alwaysReady = true;
        m_alwaysReady.push_back(fd);
        return;
    }
    qCWarning(lcRuntime, "Descriptor %d cannot be watched (%s); its notifiers are disabled", fd, std::strerror(errno));
    disable(fd);
}

bool EpollSet::control(int operation, int fd, const Entry &entry, quint32 events)
{
    ++m_controlCalls;
    epoll_event event{};
    event.events = events;
    event.data.u64 = keyOf(fd, entry.generation);
    return epoll_ctl(m_epoll, operation, fd, &event) == 0;
}

void EpollSet::disable(int fd)
{
    const auto notifiers = m_entries.at(fd).notifiers;
    for (QSocketNotifier *notifier : notifiers) {
        if (notifier)
            notifier->setEnabled(false);
    }
}

bool EpollSet::wait(std::optional<qint64> timeoutNs)
{
    apply();
    if (!m_alwaysReady.empty())
        timeoutNs = 0;
    int count = -1;
    const int room = static_cast<int>(m_events.size());
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)
    if (m_preciseWait && timeoutNs.value_or(0) > 0) {
        const timespec timeout = toTimespec(*timeoutNs);
        count = epoll_pwait2(m_epoll, m_events.data(), room, &timeout, nullptr);
        // Older kernels and some sandboxes do not have the call.
        m_preciseWait = count >= 0 || errno == EINTR;
    }
    const bool waited = m_preciseWait && timeoutNs.value_or(0) > 0;
#else
    const bool waited = false;
#endif
    if (!waited) {
        // Rounded up, as a timer must not fire early.
        const qint64 ms = timeoutNs ? (*timeoutNs + 999'999) / 1'000'000 : -1;
        const auto limited = static_cast<int>(std::min<qint64>(ms, std::numeric_limits<int>::max()));
        count = epoll_wait(m_epoll, m_events.data(), room, limited);
    }
    bool woken = false;
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = m_events[static_cast<std::size_t>(i)];
        if (event.data.u64 == kWakeKey) {
            drainWake();
            woken = true;
        } else {
            collect(event);
        }
    }
    for (const int fd : m_alwaysReady)
        setReady(fd, m_entries.at(fd), 1U << QSocketNotifier::Read | 1U << QSocketNotifier::Write);
    return woken;
}

void EpollSet::collect(const epoll_event &event)
{
    const auto fd = static_cast<int>(event.data.u64 & 0xffff'ffffU);
    const auto found = m_entries.find(fd);
    if (found == m_entries.end() || event.data.u64 != keyOf(fd, found->second.generation)) {
        m_stale = true;
        return;
    }
    const quint32 broken = event.events & (EPOLLHUP | EPOLLERR);
    quint32 types = 0;
    for (std::size_t type = 0; type < kTypes; ++type) {
        if (broken || (event.events & kEventOfType[type]))
            types |= 1U << type;
    }
    setReady(fd, found->second, types);
}

void EpollSet::setReady(int fd, Entry &entry, quint32 types)
{
    for (std::size_t type = 0; type < kTypes; ++type) {
        if (!entry.notifiers[type])
            types &= ~(1U << type);
    }
    if (entry.ready == 0 && types != 0)
        m_ready.push_back(fd);
    entry.ready |= types;
}

QSocketNotifier *EpollSet::takeReady()
{
    while (m_nextReady < m_ready.size()) {
        const auto found = m_entries.find(m_ready[m_nextReady]);
        if (found != m_entries.end() && found->second.ready != 0) {
            Entry &entry = found->second;
            for (std::size_t type = 0; type < kTypes; ++type) {
                if (entry.ready & (1U << type)) {
                    entry.ready &= ~(1U << type);
                    return entry.notifiers[type];
                }
            }
        }
        ++m_nextReady;
    }
    m_ready.clear();
    m_nextReady = 0;
    return nullptr;
}

bool EpollSet::waitForWake(std::optional<qint64> timeoutNs)
{
    pollfd wake{m_wake, POLLIN, 0};
    const timespec timeout = toTimespec(timeoutNs.value_or(0));
    if (ppoll(&wake, 1, timeoutNs ? &timeout : nullptr, nullptr) <= 0)
        return false;
    drainWake();
    return true;
}

void EpollSet::wake()
{
    const quint64 one = 1;
    while (write(m_wake, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

void EpollSet::drainWake()
{
    quint64 count = 0;
    while (read(m_wake, &count, sizeof count) < 0 && errno == EINTR) {
    }
}

} // namespace confab::server
