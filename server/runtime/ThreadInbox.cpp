// SPDX-License-Identifier: MIT
#include "server/runtime/ThreadInbox.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtCore/QThread>

#include <iterator>

namespace confab::server {

namespace {
QEvent::Type itemsWaiting()
{
    static const auto type = static_cast<QEvent::Type>(QEvent::registerEventType());
    return type;
}
} // namespace

/// The object in the inbox's thread that its event loop delivers to.
class ThreadInbox::Receiver final : public QObject
{
public:
    explicit Receiver(ThreadInbox &inbox) : m_inbox(inbox) { }

    void customEvent(QEvent *event) override
    {
        if (event->type() == itemsWaiting())
            m_inbox.drain();
    }

private:
    ThreadInbox &m_inbox;
};

/// Keeps one thread's inbox and closes it when the thread ends.
struct ThreadInbox::Holder
{
    std::shared_ptr<ThreadInbox> inbox;

    Holder() = default;
    ~Holder()
    {
        if (inbox)
            delete inbox->close();
    }
    Q_DISABLE_COPY_MOVE(Holder)
};

std::shared_ptr<ThreadInbox> ThreadInbox::current()
{
    thread_local Holder holder;
    if (!holder.inbox) {
        holder.inbox.reset(new ThreadInbox);
        holder.inbox->open();
    }
    return holder.inbox;
}

ThreadInbox::~ThreadInbox() = default;

void ThreadInbox::open()
{
    m_receiver = new Receiver(*this);
    // A QThread deletes its dispatcher while it finishes, and posting races with that. `finished` is emitted by
    // the thread itself just before, so that nobody posts once the dispatcher goes.
    QObject::connect(
        QThread::currentThread(), &QThread::finished, m_receiver,
        [self = weak_from_this()] {
            const auto inbox = self.lock();
            if (Receiver *receiver = inbox ? inbox->close() : nullptr)
                receiver->deleteLater();
        },
        Qt::DirectConnection);
}

bool ThreadInbox::post(Item item)
{
    const std::lock_guard lock(m_mutex);
    if (!m_receiver)
        return false;
    m_incoming.push_back(std::move(item));
    if (m_incoming.size() == 1)
        QCoreApplication::postEvent(m_receiver, new QEvent(itemsWaiting()));
    return true;
}

ThreadInbox::Receiver *ThreadInbox::close()
{
    std::vector<Item> dropped;
    Receiver *receiver = nullptr;
    {
        const std::lock_guard lock(m_mutex);
        receiver = std::exchange(m_receiver, nullptr);
        dropped.swap(m_incoming);
    }
    // Destroyed without the lock: what an item captured may post again.
    dropped.clear();
    m_running.clear();
    return receiver;
}

void ThreadInbox::drain()
{
    Receiver *receiver = nullptr;
    {
        std::vector<Item> taken;
        const std::lock_guard lock(m_mutex);
        taken.swap(m_incoming);
        receiver = m_receiver;
        m_running.insert(m_running.end(), std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
    }
    if (!receiver)
        return;
    // An item may run a nested event loop; this event lets that loop run the items behind it.
    const bool several = m_running.size() > 1;
    if (several)
        QCoreApplication::postEvent(receiver, new QEvent(itemsWaiting()));

    const auto self = shared_from_this();
    for (std::size_t count = m_running.size(); count > 0 && !m_running.empty(); --count) {
        const Item item = std::move(m_running.front());
        m_running.pop_front();
        item();
    }
    // Take that event back, unless new items came in: then one of the events waiting is theirs.
    if (several) {
        const std::lock_guard lock(m_mutex);
        if (m_receiver && m_incoming.empty())
            QCoreApplication::removePostedEvents(receiver, itemsWaiting());
    }
}

} // namespace confab::server
