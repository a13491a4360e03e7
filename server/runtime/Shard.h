// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/ThreadInbox.h"

#include <QtCore/QObject>

#include <functional>
#include <memory>

QT_BEGIN_NAMESPACE
class QThread;
QT_END_NAMESPACE

namespace confab::server {

/// One thread with an event loop of its own, on which a share of the sessions lives.
///
/// start() and stop() belong to the thread that made it; the rest may be called from any thread between them.
class Shard final
{
public:
    explicit Shard(int index);

    /// Stops the shard if nobody did.
    ~Shard();
    Q_DISABLE_COPY_MOVE(Shard)

    int index() const { return m_index; }

    /// Starts the thread; returns when its event loop is about to run and work can be posted.
    void start();

    /// Ends the event loop after the work posted so far, deletes the context with its children on the shard's
    /// thread, and waits for the thread. Work posted later is dropped.
    void stop();

    bool isRunning() const { return m_inbox != nullptr; }

    /// An object that lives in the shard's thread: the parent and the context of what belongs to the shard.
    QObject &context() const;

    /// True on the shard's own thread.
    bool isCurrent() const;

    /// Runs \a work on the shard's thread, in the order posted; one wake-up serves many. False once it stopped.
    bool post(std::function<void()> work);

    /// Runs \a work on the shard's thread and waits for its end. Not from a shard's thread.
    void run(const std::function<void()> &work);

private:
    void serve(const std::function<void()> &started);

    const int m_index;
    std::unique_ptr<QThread> m_thread;
    std::shared_ptr<ThreadInbox> m_inbox;
    QObject *m_context = nullptr;
};

} // namespace confab::server
