// SPDX-License-Identifier: MIT
#pragma once

#include "tests/simulation/Runner.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QElapsedTimer>

#include <chrono>
#include <mutex>

namespace confab::simulation {

/// Runs many seeds on all cores, each thread with a world of its own, and shrinks what fails.
class Campaign
{
public:
    using MakeSabotage = std::function<std::unique_ptr<Sabotage>()>;

    struct Failure
    {
        Schedule schedule;
        Schedule shrunk;
        Outcome outcome;

        /// How to see it again, the smallest schedule, and what it violates.
        QString toString() const;
    };

    Campaign(quint64 firstSeed, quint64 count, MakeSabotage makeSabotage = {});

    void stopAtFirstFailure() { m_maxFailures = 1; }
    void setMaxFailures(int count) { m_maxFailures = count; }
    /// How many runs may be spent on making a failing schedule smaller; 0: none.
    void setShrinkRuns(int runs) { m_shrinkRuns = runs; }
    /// Begins no further seed after this time.
    void setTimeLimit(std::chrono::milliseconds limit) { m_deadline = QDeadlineTimer(limit); }
    /// Called now and then while it runs, from its threads.
    void onProgress(std::function<void(const Campaign &campaign)> callback) { m_onProgress = std::move(callback); }
    void run();

    quint64 seeds() const { return m_seeds; }
    quint64 faults() const { return m_faults; }
    const QList<Failure> &failures() const { return m_failures; }
    QString summary() const;

    /// The product's warnings of what is broken on purpose are not printed from now on.
    static void muteLogs();

private:
    void work(Loop &loop);
    void take(const Outcome &outcome);
    Failure explain(Runner &runner, const Schedule &schedule, const Outcome &outcome) const;

    const quint64 m_firstSeed;
    const quint64 m_count;
    const MakeSabotage m_makeSabotage;
    int m_maxFailures = 5;
    int m_shrinkRuns = 400;
    std::function<void(const Campaign &)> m_onProgress;
    QDeadlineTimer m_deadline{QDeadlineTimer::Forever};
    QElapsedTimer m_timer;
    std::atomic<quint64> m_next = 0;
    std::atomic<bool> m_stopping = false;
    std::mutex m_mutex;
    QList<Failure> m_failures;
    quint64 m_seeds = 0;
    quint64 m_faults = 0;
    quint64 m_deeds = 0;
    quint64 m_frames = 0;
    qint64 m_elapsedMs = 0;
};

} // namespace confab::simulation
