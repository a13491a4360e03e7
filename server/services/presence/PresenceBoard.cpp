// SPDX-License-Identifier: MIT
#include "server/services/presence/PresenceBoard.h"

#include "server/runtime/Log.h"

#include <algorithm>
#include <utility>

namespace confab::server {

namespace {
const QByteArray kTopic = "p";
constexpr qsizetype kPeopleInWord = 4'000; // 68 kB
} // namespace

PresenceBoard::PresenceBoard(std::unique_ptr<Bus> bus, const Clock &clock, const BoardTimings &timings)
    : m_bus(std::move(bus)), m_clock(clock), m_timings(timings), m_self(QUuid::createUuid()),
      m_listedMs(clock.monotonicMs() - timings.listMs), m_beatenMs(clock.monotonicMs()), m_tasks(lcBus())
{
    m_gathering.setSingleShot(true);
    m_gathering.callOnTimeout(this, &PresenceBoard::flush);
    m_listing.setSingleShot(true);
    m_listing.callOnTimeout(this, &PresenceBoard::sendList);
    m_beating.callOnTimeout(this, &PresenceBoard::beat);
    m_beating.start(m_timings.beatMs);
    m_bus->setHandler([this](const QByteArray &, const QByteArray &payload) { receive(payload); });
    m_bus->setRestoredHandler([this] { m_tasks.spawn(introduce(), "presence"); });
    m_bus->subscribe(kTopic);
    m_tasks.spawn(introduce(), "presence");
}

PresenceBoard::~PresenceBoard()
{
    for (QTimer *timer : {&m_gathering, &m_listing, &m_beating})
        timer->stop();
    m_bus->setRestoredHandler({});
    m_bus->setHandler({});
}

/// Asks everybody for their lists, once the answers can be heard.
Task<Done> PresenceBoard::introduce()
{
    Completion<Done> heard = m_bus->subscribed();
    const Result<Done> done = co_await heard;
    Q_UNUSED(done)
    publish({PresenceWord::Kind::Ask, m_self, m_number, {}, 0, 1, {}});
    co_return Done{};
}

Presence::State PresenceBoard::state(const UserId &userId) const
{
    Presence::State most = m_own.value(userId, Presence::State::Offline);
    for (const Voucher &voucher : m_others)
        most = std::max(most, voucher.people.value(userId, Presence::State::Offline));
    return most;
}

void PresenceBoard::vouch(const UserId &userId, Presence::State state)
{
    if (m_own.value(userId, Presence::State::Offline) == state)
        return;
    if (state == Presence::State::Offline)
        m_own.remove(userId);
    else
        m_own.insert(userId, state);
    m_dirty.insert(userId, state);
    if (!m_gathering.isActive())
        m_gathering.start(m_timings.gatherMs);
    tell({userId});
}

void PresenceBoard::hint(const UserId &userId)
{
    // A change of state says as much.
    if (!m_dirty.contains(userId))
        m_dirty.insert(userId, Presence::State::Unknown);
    if (!m_gathering.isActive())
        m_gathering.start(m_timings.gatherMs);
    tell({userId});
}

void PresenceBoard::tell(const QList<UserId> &people) const
{
    if (m_handler && !people.isEmpty())
        m_handler(people);
}

// -- what goes out ------------------------------------------------------------------------------------------------

void PresenceBoard::publish(PresenceWord word)
{
    word.voucher = m_self;
    m_bus->publish(kTopic, encodePresenceWord(word));
}

void PresenceBoard::flush()
{
    QList<Vouched> people;
    for (const auto &[userId, state] : std::as_const(m_dirty).asKeyValueRange())
        people.append({userId, state});
    m_dirty.clear();
    for (qsizetype at = 0; at < people.size(); at += kPeopleInWord)
        publish({PresenceWord::Kind::Change, {}, ++m_number, {}, 0, 1, people.mid(at, kPeopleInWord)});
}

void PresenceBoard::beat()
{
    publish({PresenceWord::Kind::Beat, {}, m_number, {}, 0, 1, {}});
    // Whoever was held up itself, as a stopped process, may not have heard the others: they get their leases anew.
    const qint64 now = m_clock.monotonicMs();
    if (now - std::exchange(m_beatenMs, now) > m_timings.leaseMs / 2) {
        for (Voucher &other : m_others)
            other.heardMs = now;
    }
    const qint64 deadSince = now - m_timings.leaseMs;
    QList<UserId> lost;
    m_others.removeIf([&](const auto &other) {
        if (other.value().heardMs > deadSince)
            return false;
        lost += other.value().people.keys();
        return true;
    });
    tell(lost);
}

void PresenceBoard::sendList()
{
    // What waits to be told is in it already, and told once more.
    m_listedMs = m_clock.monotonicMs();
    QList<Vouched> people;
    people.reserve(m_own.size());
    for (const auto &[userId, state] : std::as_const(m_own).asKeyValueRange())
        people.append({userId, state});
    const auto parts =
        static_cast<quint16>(std::max<qsizetype>(1, (people.size() + kPeopleInWord - 1) / kPeopleInWord));
    for (quint16 part = 0; part < parts; ++part) {
        publish(
            {PresenceWord::Kind::List, {}, m_number, {}, part, parts, people.mid(part * kPeopleInWord, kPeopleInWord)});
    }
}

void PresenceBoard::askFor(const QUuid &whom, Voucher &voucher)
{
    const qint64 now = m_clock.monotonicMs();
    if (voucher.askedMs != 0 && now - voucher.askedMs < m_timings.listMs)
        return; // its next beat asks again
    voucher.askedMs = now;
    publish({PresenceWord::Kind::Ask, {}, m_number, whom, 0, 1, {}});
}

// -- what comes in ------------------------------------------------------------------------------------------------

void PresenceBoard::receive(const QByteArray &payload)
{
    const std::optional<PresenceWord> word = decodePresenceWord(payload);
    if (!word || word->voucher == m_self)
        return;
    Voucher &voucher = m_others[word->voucher];
    voucher.heardMs = m_clock.monotonicMs();
    switch (word->kind) {
    case PresenceWord::Kind::Change:
        takeChange(voucher, *word);
        break;
    case PresenceWord::Kind::List:
        takeList(voucher, *word);
        break;
    case PresenceWord::Kind::Beat:
        voucher.isWhole = voucher.isWhole && word->number <= voucher.number;
        break;
    case PresenceWord::Kind::Ask:
        if ((word->asked.isNull() || word->asked == m_self) && !m_listing.isActive())
            m_listing.start(static_cast<int>(
                std::clamp<qint64>(m_listedMs + m_timings.listMs - m_clock.monotonicMs(), 0, m_timings.listMs)));
        break;
    }
    // Who asks says nothing of its own list, but is somebody to know.
    if (!voucher.isWhole)
        askFor(word->voucher, voucher);
}

void PresenceBoard::takeChange(Voucher &voucher, const PresenceWord &word)
{
    if (word.number <= voucher.number)
        return; // doubled, or overtaken by one that says more
    voucher.isWhole = voucher.isWhole && word.number == voucher.number + 1;
    voucher.number = word.number;
    apply(voucher, word.people);
}

void PresenceBoard::apply(Voucher &voucher, const QList<Vouched> &people)
{
    QList<UserId> changed;
    for (const Vouched &person : people) {
        if (person.state == Presence::State::Offline)
            voucher.people.remove(person.userId);
        else if (person.state != Presence::State::Unknown)
            voucher.people.insert(person.userId, person.state);
        changed.append(person.userId);
    }
    tell(changed);
}

void PresenceBoard::takeList(Voucher &voucher, const PresenceWord &word)
{
    if (word.part == 0) {
        voucher.coming.clear();
        voucher.comingNumber = word.number;
        voucher.comingPart = 0;
    }
    if (word.number != voucher.comingNumber || word.part != voucher.comingPart || word.number < voucher.number)
        return; // parts are missing, or changes came that are newer than it
    for (const Vouched &person : word.people)
        voucher.coming.insert(person.userId, person.state);
    if (++voucher.comingPart < word.parts)
        return;
    const QHash<UserId, Presence::State> before = std::exchange(voucher.people, std::exchange(voucher.coming, {}));
    voucher.number = word.number;
    voucher.isWhole = true;
    voucher.askedMs = 0;
    QList<UserId> changed;
    for (const auto &[userId, state] : std::as_const(voucher.people).asKeyValueRange()) {
        if (before.value(userId, Presence::State::Offline) != state)
            changed.append(userId);
    }
    for (const auto &[userId, state] : before.asKeyValueRange()) {
        if (!voucher.people.contains(userId))
            changed.append(userId);
    }
    tell(changed);
}

} // namespace confab::server
