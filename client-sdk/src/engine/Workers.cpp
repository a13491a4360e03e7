// SPDX-License-Identifier: MIT
#include "client-sdk/src/engine/Workers.h"

#include <QtCore/QMutex>

namespace confab::client {

using namespace Qt::StringLiterals;

std::shared_ptr<Workers> Workers::shared()
{
    static QMutex mutex;
    static std::weak_ptr<Workers> running;
    const QMutexLocker locker(&mutex);
    std::shared_ptr<Workers> workers = running.lock();
    if (!workers) {
        workers = std::make_shared<Workers>();
        running = workers;
    }
    return workers;
}

Workers::Workers()
{
    m_network.setObjectName(u"confab-network"_s);
    m_storage.setObjectName(u"confab-storage"_s);
    m_network.start();
    m_storage.start();
}

// Storage first: what it ends hands its sockets to the network thread.
Workers::~Workers()
{
    m_storage.quit();
    m_storage.wait();
    m_network.quit();
    m_network.wait();
}

} // namespace confab::client
