// SPDX-License-Identifier: MIT
#pragma once

#include "tests/simulation/Checker.h"
#include "tests/simulation/Schedule.h"
#include "tests/simulation/Server.h"

namespace confab::simulation {

/// A rule of the product broken on purpose, from outside of it.
class Sabotage : public Wiretap, public ServerSabotage
{
public:
    /// The devices of the run that begins.
    virtual void begin(Loop &loop, const QList<Device *> &devices)
    {
        Q_UNUSED(loop)
        Q_UNUSED(devices)
    }
};

/// How a simulation went.
struct Outcome
{
    QStringList violations; ///< Empty: all rules hold.
    quint64 trace = 0;      ///< Equal for equal runs.
    quint64 events = 0;     ///< What the trace is made of.
    quint64 frames = 0;
    int deeds = 0;  ///< Actions of people that were possible, and done.
    int faults = 0; ///< Actions that broke something.

    /// The rule that was violated first; empty where none was.
    QString rule() const { return violations.isEmpty() ? QString() : violations.first().section(u':', 0, 0); }
};

/// One run of a schedule: devices, network and server from their beginning until all is quiet again.
class Simulation
{
public:
    Simulation(Loop &loop, ScratchFolder &folder, const Population &population, const Schedule &schedule,
               Sabotage *sabotage = nullptr);
    ~Simulation();
    Q_DISABLE_COPY_MOVE(Simulation)

    Outcome run();

private:
    void perform(const Action &action);
    void performFault(const Action &action);
    void performOnMessage(const Action &action, Device &device, const ConversationId &id);
    void send(const Action &action, Device &device, const ConversationId &id);
    void changeMembers(const Action &action, Device &device, const ConversationId &id);
    void burst(const Action &action, const ConversationId &id);
    void overhear(const QByteArray &frame);
    void revive();
    void heal();
    bool isQuiet(QString *why);
    QStringList settle();

    Loop &m_loop;
    const Population &m_population;
    const Schedule m_schedule;
    Sabotage *m_sabotage;
    Trace m_trace;
    Network m_network;
    Server m_server;
    std::vector<std::unique_ptr<Device>> m_owned;
    QList<Device *> m_devices;
    QHash<int, qint64> m_wakeAt; ///< Of devices and, as -1, the server: not to be started before.
    Ledger m_ledger;
};

} // namespace confab::simulation
