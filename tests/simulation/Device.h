// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/engine/Engine.h"
#include "tests/simulation/Network.h"
#include "tests/simulation/Population.h"

namespace confab::simulation {

/// One device: the SDK's engine on a profile, which can be killed at any instruction that matters and started again
/// from what was committed.
class Device
{
public:
    /// \a directory holds its profile.
    Device(Loop &loop, Network &network, ScratchFolder &folder, int index, const SignedInDevice &identity,
           const QString &directory, quint64 seed);
    ~Device();
    Q_DISABLE_COPY_MOVE(Device)

    void start();
    /// The process ends between two events.
    void kill();
    /// It ends in the middle of an event: before the frame after the next \a frames ones leaves.
    void killBeforeFrame(int frames) { m_framesLeft = frames + 1; }
    /// It ends in the middle of an event: right after the next \a commits ones.
    void killAfterCommit(int commits) { m_commitsLeft = commits; }
    /// A frame is about to leave.
    void frameLeaves();
    bool isRunning() const { return m_engine && !m_doomed; }
    int number() const { return m_index; }
    int person() const { return m_identity.person; }
    VirtualClock &clock() { return *m_clock; }

    client::Engine &engine() { return *m_engine; }
    client::LocalStore &store() { return m_engine->store(); }

    /// Whether it is online and has nothing left to do; why not is told in words otherwise.
    bool isAtRest(QString *why = nullptr);

private:
    void committed();
    void doom();
    void finishKill();

    Loop &m_loop;
    Network &m_network;
    ScratchFolder &m_folder;
    const int m_index;
    const SignedInDevice m_identity;
    QString m_directory;
    std::shared_ptr<VirtualClock> m_clock;
    std::shared_ptr<Random> m_random;
    std::unique_ptr<client::Engine> m_engine;
    bool m_doomed = false;
    int m_framesLeft = 0;
    int m_commitsLeft = 0;
    int m_life = 0;
};

} // namespace confab::simulation
