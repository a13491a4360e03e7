// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/ShardServices.h"
#include "server/backends/database/sqlite/SqliteDatabase.h"
#include "server/backends/database/sqlite/SqliteMessageStore.h"
#include "tests/simulation/Bus.h"
#include "tests/simulation/Files.h"
#include "tests/simulation/Network.h"

namespace confab::simulation {

/// What a test puts between the server and its backends to break a rule that the product keeps.
class ServerSabotage
{
public:
    virtual ~ServerSabotage() = default;

    /// The store to serve from, made over the real one; null: the real one.
    virtual std::unique_ptr<server::MessageStore> wrap(server::MessageStore &store, server::Database &database,
                                                       std::unique_ptr<server::Bus> bus)
    {
        Q_UNUSED(store)
        Q_UNUSED(database)
        Q_UNUSED(bus)
        return nullptr;
    }
    virtual void touch(Bus &bus) { Q_UNUSED(bus) }
};

/// The server of a simulation: two shards of the real one in this thread, which can be killed at any turn of its store
/// and started again from what was committed.
class Server
{
public:
    Server(Loop &loop, Network &network, ScratchFolder &folder, const Weather &weather, quint64 seed,
           const QString &directory);
    ~Server();
    Q_DISABLE_COPY_MOVE(Server)

    void setSabotage(ServerSabotage *sabotage) { m_sabotage = sabotage; }

    void start();
    /// The process ends between two instructions.
    void kill(bool silently);
    /// It ends right after so many more turns of its store: committed, and nobody told.
    void killAfterTurns(int turns, bool silently);
    /// It ends in order, as for an upgrade.
    void stop();
    bool isRunning() const { return m_life != nullptr; }
    void heal();

    /// One shard's services, for what happens on a device that is not simulated.
    server::MessageService &messages();
    server::TaskScope &tasks() { return m_tasks; }
    server::Database &database();
    const IdGenerator &ids() const { return m_ids; }

    /// Where the database lies now.
    const QString &directory() const { return m_directory; }

private:
    struct Life;

    void run(const std::shared_ptr<Life> &life, std::function<void()> work);

    Loop &m_loop;
    Network &m_network;
    ScratchFolder &m_folder;
    Weather m_weather;
    const quint64 m_seed;
    QString m_directory;
    ServerSabotage *m_sabotage = nullptr;
    VirtualClock m_clock;
    IdGenerator m_ids;
    Random m_random;
    std::shared_ptr<Life> m_life;
    int m_turnsLeft = 0;
    bool m_silentEnd = false;
    int m_lives = 0;
    server::TaskScope m_tasks;
};

} // namespace confab::simulation
