// SPDX-License-Identifier: MIT
#include "server/backends/bus/local/LocalBus.h"
#include "server/services/presence/PresenceBoard.h"
#include "tests/support/TestClass.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using State = Presence::State;

namespace {

constexpr BoardTimings kShort{.gatherMs = 5, .beatMs = 20, .leaseMs = 300, .listMs = 10};

UserId someone()
{
    return UserId(QUuid::createUuid());
}

/// A bus whose words a test may lose, double or keep back.
class LossyEndpoint final : public Bus
{
public:
    explicit LossyEndpoint(std::unique_ptr<Bus> inner) : m_inner(std::move(inner)) { }

    /// What becomes of each published word; none: it is published.
    static std::function<void(Bus &, const QByteArray &, const QByteArray &)> fate;

    void publish(const QByteArray &topic, const QByteArray &payload) override
    {
        if (fate)
            fate(*m_inner, topic, payload);
        else
            m_inner->publish(topic, payload);
    }
    void subscribe(const QByteArray &topic) override { m_inner->subscribe(topic); }
    void unsubscribe(const QByteArray &topic) override { m_inner->unsubscribe(topic); }
    void setHandler(Handler handler) override { m_inner->setHandler(std::move(handler)); }

private:
    const std::unique_ptr<Bus> m_inner;
};
std::function<void(Bus &, const QByteArray &, const QByteArray &)> LossyEndpoint::fate;

} // namespace

/// Who is there, as shards tell each other.
class tst_PresenceBoard : public QObject
{
    Q_OBJECT

    LocalBus m_bus;
    SystemClock m_clock;

    std::unique_ptr<PresenceBoard> board(const BoardTimings &timings = kShort)
    {
        return std::make_unique<PresenceBoard>(std::make_unique<LossyEndpoint>(m_bus.makeEndpoint()), m_clock, timings);
    }

    /// Until \a hearer has heard of a change of \a teller's, and all before it.
    static void hear(PresenceBoard &teller, const PresenceBoard &hearer)
    {
        const UserId probe = someone();
        teller.vouch(probe, State::Online);
        QTRY_COMPARE(hearer.state(probe), State::Online);
        teller.vouch(probe, State::Offline);
        QTRY_COMPARE(hearer.state(probe), State::Offline);
    }

    /// Counts the words of a kind that are published from now on, which pass or are lost.
    static void count(PresenceWord::Kind kind, int &words, bool pass = true)
    {
        LossyEndpoint::fate = [kind, &words, pass](Bus &bus, const QByteArray &topic, const QByteArray &payload) {
            if (decodePresenceWord(payload)->kind == kind)
                ++words;
            if (pass)
                bus.publish(topic, payload);
        };
    }

private Q_SLOTS:
    void cleanup() { LossyEndpoint::fate = {}; }

    void tellsTheOthersWhoIsThere()
    {
        const UserId ada = someone();
        const auto one = board();
        const auto two = board();
        QCOMPARE(two->state(ada), State::Offline);
        one->vouch(ada, State::Away);
        QCOMPARE(one->state(ada), State::Away);
        QTRY_COMPARE(two->state(ada), State::Away);
        one->vouch(ada, State::Online);
        QTRY_COMPARE(two->state(ada), State::Online);
        one->vouch(ada, State::Offline);
        QTRY_COMPARE(two->state(ada), State::Offline);
        QCOMPARE(one->vouchedCount(), 0);
    }

    void takesTheMostThatAnybodyVouchesFor()
    {
        const UserId ada = someone();
        const auto one = board();
        const auto two = board();
        const auto three = board();
        one->vouch(ada, State::Away);
        two->vouch(ada, State::Online);
        QTRY_COMPARE(three->state(ada), State::Online);
        two->vouch(ada, State::Offline);
        QTRY_COMPARE(three->state(ada), State::Away);
        QTRY_COMPARE(two->state(ada), State::Away);
    }

    void tellsWhomItConcerns()
    {
        const UserId ada = someone();
        const UserId bob = someone();
        const auto one = board();
        const auto two = board();
        hear(*one, *two);
        QSet<UserId> hinted;
        two->setHandler([&](const QList<UserId> &people) { hinted += QSet<UserId>(people.cbegin(), people.cend()); });
        one->vouch(ada, State::Online);
        QTRY_COMPARE(hinted, QSet<UserId>{ada});
        one->hint(bob);
        QTRY_COMPARE(hinted, (QSet<UserId>{ada, bob}));
        QCOMPARE(two->state(bob), State::Offline);
        hinted.clear();
        two->hint(bob); // its own shard is told at once
        QCOMPARE(hinted, QSet<UserId>{bob});
    }

    void gathersWhatChangesWithinAMoment()
    {
        const auto one = board();
        const auto two = board();
        hear(*one, *two);
        int words = 0;
        count(PresenceWord::Kind::Change, words);
        const UserId last = someone();
        for (int i = 0; i < 200; ++i) {
            one->vouch(last, State::Online);
            one->vouch(last, State::Offline);
            one->vouch(someone(), State::Online);
        }
        one->vouch(last, State::Away);
        QTRY_COMPARE(words, 1);
        QTRY_COMPARE(two->state(last), State::Away);
        one->vouch(last, State::Offline);
        QTRY_COMPARE(two->state(last), State::Offline);
        QCOMPARE(words, 2);
    }

    void learnsFromWhoWasThereBefore()
    {
        int words = 0;
        count(PresenceWord::Kind::Change, words);
        const auto one = board();
        QList<UserId> many;
        for (int i = 0; i < 9'000; ++i) { // three words long
            many.append(someone());
            one->vouch(many.last(), i % 2 == 0 ? State::Online : State::Away);
        }
        QTRY_COMPARE(words, 3);
        const auto two = board();
        QTRY_COMPARE(two->state(many.last()), State::Away);
        QTRY_COMPARE(two->state(many.first()), State::Online);
        QCOMPARE(two->voucherCount(), 1);
    }

    void healsWhatWasLost()
    {
        const UserId ada = someone();
        const UserId bob = someone();
        const auto one = board();
        const auto two = board();
        one->vouch(bob, State::Online);
        QTRY_COMPARE(two->state(bob), State::Online);
        bool lost = false;
        LossyEndpoint::fate = [&](Bus &bus, const QByteArray &topic, const QByteArray &payload) {
            if (!lost && decodePresenceWord(payload)->kind == PresenceWord::Kind::Change)
                lost = true;
            else
                bus.publish(topic, payload);
        };
        one->vouch(ada, State::Online);
        one->vouch(bob, State::Offline);
        QTRY_COMPARE(two->state(ada), State::Online);
        QCOMPARE(two->state(bob), State::Offline);
        QVERIFY(lost);
    }

    void endsRightWhateverTheBusDoes()
    {
        std::unique_ptr<Bus> late = m_bus.makeEndpoint();
        QList<std::pair<QByteArray, QByteArray>> kept;
        int count = 0;
        LossyEndpoint::fate = [&](Bus &bus, const QByteArray &topic, const QByteArray &payload) {
            ++count;
            if (count % 5 == 0)
                return; // lost
            if (count % 3 == 0)
                kept.append({topic, payload}); // overtaken by later ones
            else
                bus.publish(topic, payload);
            if (count % 7 == 0)
                bus.publish(topic, payload); // doubled
            if (kept.size() > 2) {
                const auto first = kept.takeFirst();
                late->publish(first.first, first.second);
            }
        };
        const auto one = board();
        const auto two = board();
        QHash<UserId, State> right;
        QList<UserId> people;
        for (int i = 0; i < 20; ++i)
            people.append(someone());
        quint32 random = 12345;
        for (int i = 0; i < 300; ++i) {
            random = random * 1664525 + 1013904223;
            const UserId &who = people.at(static_cast<qsizetype>((random >> 8) % 20));
            const auto state = static_cast<State>(1 + (random >> 20) % 3);
            right.insert(who, state);
            one->vouch(who, state);
            if (i % 10 == 0)
                QCoreApplication::processEvents();
        }
        LossyEndpoint::fate = {};
        QTRY_VERIFY(std::all_of(people.cbegin(), people.cend(), [&](const UserId &who) {
            return two->state(who) == right.value(who, State::Offline);
        }));
    }

    /// Case E3.
    void forgetsWhomADeadShardVouchedFor()
    {
        const UserId ada = someone();
        const auto two = board();
        QList<UserId> hinted;
        {
            const auto one = board();
            one->vouch(ada, State::Online);
            QTRY_COMPARE(two->state(ada), State::Online);
        }
        two->setHandler([&](const QList<UserId> &people) { hinted += people; });
        QCOMPARE(two->state(ada), State::Online); // not before its lease ends
        QTRY_COMPARE(two->state(ada), State::Offline);
        QCOMPARE(hinted, QList<UserId>{ada});
        QCOMPARE(two->voucherCount(), 0);
    }

    /// As a process that was stopped: it has not heard the others, because it heard nothing.
    void whoWasHeldUpItselfForgetsNobody()
    {
        ManualClock clock;
        const BoardTimings timings{.gatherMs = 5, .beatMs = 20, .leaseMs = 15'000, .listMs = 10};
        const auto make = [&] {
            return std::make_unique<PresenceBoard>(std::make_unique<LossyEndpoint>(m_bus.makeEndpoint()), clock,
                                                   timings);
        };
        const UserId ada = someone();
        const auto one = make();
        const auto two = make();
        one->vouch(ada, State::Online);
        QTRY_COMPARE(two->state(ada), State::Online);
        int beats = 0;
        count(PresenceWord::Kind::Beat, beats, false); // nothing comes any more
        QList<UserId> hinted;
        two->setHandler([&](const QList<UserId> &people) { hinted += people; });
        clock.advance(60'000);
        QTRY_VERIFY(beats >= 6); // three of each
        QCOMPARE(two->state(ada), State::Online);
        QVERIFY(hinted.isEmpty());
        for (int i = 0; i < 3; ++i) { // it is heard no more while this one goes on
            beats = 0;
            clock.advance(6'000);
            QTRY_VERIFY(beats >= 4);
        }
        QTRY_COMPARE(two->state(ada), State::Offline);
        QCOMPARE(hinted, QList<UserId>{ada});
    }

    void readsWhatItWrites()
    {
        const PresenceWord word{PresenceWord::Kind::List,
                                QUuid::createUuid(),
                                77,
                                QUuid::createUuid(),
                                3,
                                9,
                                {{someone(), State::Online}, {someone(), State::Unknown}}};
        const QByteArray bytes = encodePresenceWord(word);
        QCOMPARE(decodePresenceWord(bytes), std::optional(word));
        QVERIFY(!decodePresenceWord({}));
        QVERIFY(!decodePresenceWord(bytes.chopped(1)));
        QByteArray other = bytes;
        other[0] = 2;
        QVERIFY(!decodePresenceWord(other));
        other = bytes;
        other[other.size() - 1] = 9;
        QVERIFY(!decodePresenceWord(other));
    }
};

CONFAB_TEST_CLASS(tst_PresenceBoard)
#include "tst_PresenceBoard.moc"
