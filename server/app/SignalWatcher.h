// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QSocketNotifier>

#include <functional>
#include <memory>

namespace confab::server {

/// Turns SIGTERM and SIGINT into a call from the event loop. One for a process.
class SignalWatcher
{
public:
    /// \a stop is called at the first of the signals; a second one ends the process at once.
    explicit SignalWatcher(std::function<void()> stop);
    ~SignalWatcher();
    Q_DISABLE_COPY_MOVE(SignalWatcher)

private:
    std::function<void()> m_stop;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace confab::server
