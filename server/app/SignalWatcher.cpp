// SPDX-License-Identifier: MIT
#include "server/app/SignalWatcher.h"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace confab::server {

namespace {

// A handler may do little more than write to a pipe (signal-safety(7)); it can only find it here.
int signalPipe[2] = {-1, -1};

void setHandler(void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
}

void tell(int)
{
    setHandler(SIG_DFL);
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = ::write(signalPipe[1], &byte, 1);
}

} // namespace

SignalWatcher::SignalWatcher(std::function<void()> stop) : m_stop(std::move(stop))
{
    if (::pipe2(signalPipe, O_CLOEXEC | O_NONBLOCK) != 0)
        qFatal("no pipe for signals");
    m_notifier = std::make_unique<QSocketNotifier>(signalPipe[0], QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [this] {
        char byte = 0;
        if (::read(signalPipe[0], &byte, 1) == 1)
            m_stop();
    });
    setHandler(tell);
}

SignalWatcher::~SignalWatcher()
{
    setHandler(SIG_DFL);
    m_notifier.reset();
    ::close(signalPipe[0]);
    ::close(signalPipe[1]);
}

} // namespace confab::server
