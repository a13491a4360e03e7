// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QThread>

#include <memory>

namespace confab::client {

/// The network thread and the storage thread that all clients of a process share; they end with the last client.
class Workers
{
public:
    /// Those that run now, or new ones.
    static std::shared_ptr<Workers> shared();

    Workers();
    ~Workers();
    Q_DISABLE_COPY_MOVE(Workers)

    QThread *network() { return &m_network; }
    QThread *storage() { return &m_storage; }

private:
    QThread m_network;
    QThread m_storage;
};

} // namespace confab::client
