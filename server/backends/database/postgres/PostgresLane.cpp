// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresLane.h"

#include "server/runtime/Log.h"

#include <algorithm>

namespace confab::server {

PostgresLane::PostgresLane(const Options &options, SerialExecutor &connector, TaskScope &tasks,
                           std::function<void()> changed)
    : m_options(options), m_connector(connector), m_tasks(tasks), m_changed(std::move(changed))
{
    m_pause.setSingleShot(true);
    QObject::connect(&m_pause, &QTimer::timeout, &m_pause, [this] { m_tasks.spawn(connect(), "connecting"); });
    m_pause.start(0);
}

void PostgresLane::drop()
{
    if (PostgresConnection *connection = this->connection())
        connection->giveUp();
}

void PostgresLane::stop()
{
    m_stopped = true;
    m_pause.stop();
}

Task<Done> PostgresLane::connect()
{
    const QByteArray conninfo = m_options.conninfo;
    const QByteArrayList setUp = m_options.setUp;
    auto connecting = m_connector.run([conninfo, setUp] { return PostgresConnection::connect(conninfo, setUp); });
    Result<std::shared_ptr<PostgresConnection::Opened>> opened = co_await connecting;
    if (m_stopped)
        co_return Done{};
    if (!opened) {
        if (m_trouble.isEmpty())
            qCWarning(lcDatabase).noquote() << "PostgreSQL cannot be reached:" << opened.error().message;
        m_trouble = opened.error().message;
        m_pauseMs = std::clamp(m_pauseMs * 2, m_options.firstPauseMs, m_options.longestPauseMs);
        m_pause.start(m_pauseMs);
        m_changed();
        co_return Done{};
    }
    if (!m_trouble.isEmpty())
        qCInfo(lcDatabase) << "PostgreSQL can be reached again";
    m_trouble.clear();
    m_pauseMs = 0;
    ++m_connects;
    m_connection = std::make_unique<PostgresConnection>(std::move((*opened)->handle));
    m_connection->setLostHandler([this] { lost(); });
    m_changed();
    if (m_options.place && m_options.place->isAnother((*opened)->answer) && m_options.renewed)
        m_options.renewed();
    co_return Done{};
}

void PostgresLane::lost()
{
    ++m_losses;
    if (!m_stopped)
        m_pause.start(m_pauseMs);
    m_changed();
}

} // namespace confab::server
