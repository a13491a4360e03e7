// SPDX-License-Identifier: MIT
#include "tests/simulation/Campaign.h"

#include "tests/simulation/Shrinker.h"

#include <QtCore/QThread>

#include <algorithm>
#include <thread>

namespace confab::simulation {

using namespace Qt::StringLiterals;

namespace {

constexpr quint64 kProgressSeeds = 500;

} // namespace

Campaign::Campaign(quint64 firstSeed, quint64 count, MakeSabotage makeSabotage)
    : m_firstSeed(firstSeed), m_count(count), m_makeSabotage(std::move(makeSabotage))
{
}

QString Campaign::Failure::toString() const
{
    QStringList lines{
        u"Seed %1 breaks a rule. See it again with: ./dev simulate --seed %1 --seeds 1"_s.arg(schedule.seed)};
    for (const QString &violation : outcome.violations.mid(0, 8))
        lines.append(u"  "_s + violation);
    if (outcome.violations.size() > 8)
        lines.append(u"  and %1 more"_s.arg(outcome.violations.size() - 8));
    lines.append(u"The smallest schedule that does so (%1 of %2 actions), "_s.arg(shrunk.actions.size())
                     .arg(schedule.actions.size()) +
                 shrunk.toString());
    return lines.join(u'\n');
}

void Campaign::run()
{
    m_timer.start();
    const int threads = qBound(1, QThread::idealThreadCount(), static_cast<int>(qMin<quint64>(m_count, 64)));
    std::vector<std::thread> workers;
    for (int i = 0; i < threads; ++i)
        workers.emplace_back([this] { withLoop([this](Loop &loop) { work(loop); }); });
    for (std::thread &worker : workers)
        worker.join();
    m_elapsedMs = m_timer.elapsed();
    std::sort(m_failures.begin(), m_failures.end(),
              [](const Failure &a, const Failure &b) { return a.schedule.seed < b.schedule.seed; });
}

void Campaign::work(Loop &loop)
{
    Runner runner(loop);
    for (quint64 i = m_next++; i < m_count && !m_stopping && !m_deadline.hasExpired(); i = m_next++) {
        const Schedule schedule = Schedule::of(m_firstSeed + i);
        const std::unique_ptr<Sabotage> sabotage = m_makeSabotage ? m_makeSabotage() : nullptr;
        const Outcome outcome = runner.run(schedule, sabotage.get());
        take(outcome);
        if (outcome.violations.isEmpty())
            continue;
        {
            const std::lock_guard lock(m_mutex);
            if (m_stopping)
                return;
            if (m_failures.size() + 1 >= m_maxFailures)
                m_stopping = true;
        }
        const Failure failure = explain(runner, schedule, outcome);
        const std::lock_guard lock(m_mutex);
        m_failures.append(failure);
    }
}

void Campaign::take(const Outcome &outcome)
{
    const std::lock_guard lock(m_mutex);
    ++m_seeds;
    m_faults += static_cast<quint64>(outcome.faults);
    m_deeds += static_cast<quint64>(outcome.deeds);
    m_frames += outcome.frames;
    m_elapsedMs = m_timer.elapsed();
    if (m_onProgress && m_seeds % kProgressSeeds == 0)
        m_onProgress(*this);
}

Campaign::Failure Campaign::explain(Runner &runner, const Schedule &schedule, const Outcome &outcome) const
{
    Shrinker shrinker(
        [&](const Schedule &candidate) {
            const std::unique_ptr<Sabotage> sabotage = m_makeSabotage ? m_makeSabotage() : nullptr;
            return runner.run(candidate, sabotage.get()).rule() == outcome.rule();
        },
        m_shrinkRuns);
    return {schedule, shrinker.shrunk(schedule), outcome};
}

QString Campaign::summary() const
{
    const double seconds = static_cast<double>(m_elapsedMs) / 1000.0;
    return u"%1 seeds in %2 s (%3 a second): %4 deeds, %5 faults, %6 frames, %7 failures"_s.arg(m_seeds)
        .arg(seconds, 0, 'f', 1)
        .arg(static_cast<double>(m_seeds) / qMax(seconds, 0.001), 0, 'f', 0)
        .arg(m_deeds)
        .arg(m_faults)
        .arg(m_frames)
        .arg(m_failures.size());
}

void Campaign::muteLogs()
{
    static QtMessageHandler before = nullptr;
    before = qInstallMessageHandler([](QtMsgType type, const QMessageLogContext &context, const QString &text) {
        const bool isOurs = context.category && qstrcmp(context.category, "default") != 0;
        if (!isOurs || type == QtCriticalMsg || type == QtFatalMsg)
            before(type, context, text);
    });
}

} // namespace confab::simulation
