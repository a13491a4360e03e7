// SPDX-License-Identifier: MIT
#include "server/runtime/Shard.h"

#include "shared/core/FunctionThread.h"

#ifdef Q_OS_LINUX
#include "server/runtime/EpollEventDispatcher.h"
#endif

#include <QtCore/QEventLoop>
#include <QtCore/QThread>

#include <semaphore>

namespace confab::server {

Shard::Shard(int index) : m_index(index) { }

Shard::~Shard()
{
    stop();
}

void Shard::start()
{
    Q_ASSERT(!m_thread);
    std::binary_semaphore running(0);
    m_thread = std::make_unique<FunctionThread>([this, &running] { serve([&running] { running.release(); }); },
                                                QStringLiteral("shard-%1").arg(m_index));
#ifdef Q_OS_LINUX
    m_thread->setEventDispatcher(new EpollEventDispatcher);
#endif
    m_thread->start();
    running.acquire();
}

void Shard::serve(const std::function<void()> &started)
{
    QObject context;
    m_context = &context;
    m_inbox = ThreadInbox::current();
    started();
    QEventLoop().exec();
}

void Shard::stop()
{
    if (!m_thread)
        return;
    // As an item of the inbox it comes after everything posted before.
    m_inbox->post([] { QThread::currentThread()->quit(); });
    m_thread->wait();
    m_thread.reset();
    m_context = nullptr;
    m_inbox.reset();
}

QObject &Shard::context() const
{
    Q_ASSERT(m_context);
    return *m_context;
}

bool Shard::isCurrent() const
{
    return m_thread && QThread::currentThread() == m_thread.get();
}

bool Shard::post(std::function<void()> work)
{
    return m_inbox && m_inbox->post(std::move(work));
}

void Shard::run(const std::function<void()> &work)
{
    Q_ASSERT(!isCurrent());
    std::binary_semaphore done(0);
    const bool posted = post([&work, &done] {
        work();
        done.release();
    });
    if (posted)
        done.acquire();
}

} // namespace confab::server
