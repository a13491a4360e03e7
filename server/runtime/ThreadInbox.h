// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QObject>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace confab::server {

/// The queue by which other threads hand work to one thread's event loop, with one wake-up for many items.
///
/// Items run in the order they were posted, on the thread the inbox belongs to, when its event loop turns. Once
/// that thread ends the inbox is closed: what still waits is dropped and `post` answers false.
class ThreadInbox final : public std::enable_shared_from_this<ThreadInbox>
{
public:
    using Item = std::function<void()>;

    /// The inbox of the calling thread, made on first use. It may be kept and posted to from any thread, for
    /// longer than the thread lives.
    static std::shared_ptr<ThreadInbox> current();

    ~ThreadInbox();
    Q_DISABLE_COPY_MOVE(ThreadInbox)

    /// Queues \a item. Thread-safe; returns false, without keeping the item, when the thread is gone.
    bool post(Item item);

private:
    class Receiver;
    friend class Receiver;
    struct Holder;

    ThreadInbox() = default;
    void open();
    Receiver *close();
    void drain();

    std::mutex m_mutex;
    std::vector<Item> m_incoming;   // guarded by m_mutex
    Receiver *m_receiver = nullptr; // guarded by m_mutex; null when closed
    std::deque<Item> m_running;     // touched by the inbox's own thread alone
};

} // namespace confab::server
