// SPDX-License-Identifier: MIT
#include "server/gateway/net/DeadlineWheel.h"
#include "tests/support/TestClass.h"

#include <memory>

using namespace confab;
using namespace confab::server;

namespace {

class Recorder final : public Deadline
{
public:
    void due(qint64 nowMs) override
    {
        times.append(nowMs);
        if (whenDue)
            whenDue();
    }

    QList<qint64> times;
    std::function<void()> whenDue;
};

} // namespace

class tst_DeadlineWheel : public QObject
{
    Q_OBJECT

private:
    /// Moves the time on in steps of 10 ms, as a timer would.
    void pass(qint64 milliseconds)
    {
        for (qint64 passed = 0; passed < milliseconds; passed += 10) {
            m_clock.advance(10);
            m_wheel->advance();
        }
    }

    ManualClock m_clock;
    std::unique_ptr<DeadlineWheel> m_wheel;

private Q_SLOTS:
    void init() { m_wheel = std::make_unique<DeadlineWheel>(m_clock, 100); }
    void cleanup() { m_wheel.reset(); }

    void wakesOnceAndNeverEarly()
    {
        Recorder recorder;
        const qint64 start = m_clock.monotonicMs();
        m_wheel->set(recorder, 1000);
        pass(3000);
        QCOMPARE(recorder.times.size(), 1);
        QVERIFY(recorder.times.first() >= start + 1000);
        QVERIFY(recorder.times.first() <= start + 1100);
    }

    void reachesBeyondItsOwnLength()
    {
        Recorder recorder;
        const qint64 start = m_clock.monotonicMs();
        m_wheel->set(recorder, 60'000); // 256 slots of 100 ms are 25.6 s
        pass(59'900);
        QVERIFY(recorder.times.isEmpty());
        pass(300);
        QCOMPARE(recorder.times.size(), 1);
        QVERIFY(recorder.times.first() >= start + 60'000);
    }

    void survivesAJumpOfTheClock()
    {
        Recorder near;
        Recorder far;
        m_wheel->set(near, 1000);
        m_wheel->set(far, 3'600'000 * 10);
        m_clock.advance(3'600'000);
        m_wheel->advance();
        QCOMPARE(near.times.size(), 1);
        QVERIFY(far.times.isEmpty());
    }

    void movesAndForgets()
    {
        Recorder moved;
        Recorder cleared;
        auto destroyed = std::make_unique<Recorder>();
        m_wheel->set(moved, 500);
        m_wheel->set(cleared, 500);
        m_wheel->set(*destroyed, 500);
        m_wheel->set(moved, 2000);
        m_wheel->clear(cleared);
        destroyed.reset();
        pass(1000);
        QVERIFY(moved.times.isEmpty());
        pass(1500);
        QCOMPARE(moved.times.size(), 1);
        QVERIFY(cleared.times.isEmpty());
    }

    void letsADeadlineChangeOthersOfItsSlot()
    {
        Recorder first;
        Recorder second;
        Recorder third;
        m_wheel->set(first, 500);
        m_wheel->set(second, 500);
        m_wheel->set(third, 500);
        first.whenDue = [&] {
            m_wheel->clear(second);
            m_wheel->set(first, 500);
            first.whenDue = {};
        };
        pass(2000);
        QCOMPARE(first.times.size(), 2);
        QCOMPARE(second.times.size(), 0);
        QCOMPARE(third.times.size(), 1);
    }
};

CONFAB_TEST_CLASS(tst_DeadlineWheel)
#include "tst_DeadlineWheel.moc"
