// SPDX-License-Identifier: MIT
#include "tests/simulation/Simulation.h"

#include "shared/protocol/Frames.h"

#include <algorithm>

namespace confab::simulation {

using namespace Qt::StringLiterals;
using What = Action::What;

namespace {

constexpr int kServer = -1;
constexpr qint64 kReviveMs = 250;
/// Within this time after the last fault all must be equal.
constexpr qint64 kSettleMs = 180'000;
/// A peer that says nothing is noticed within 30 s; then a hello must make all equal.
constexpr int kQuietSeconds = 45;
constexpr int kRowsToChooseFrom = 30;

/// A message of somebody without a simulated device, which ends when the server does.
server::Task<Done> sendMany(server::MessageService &service, server::Caller caller, QList<SendMessage> messages)
{
    for (const SendMessage &message : messages) {
        const Result<Message> sent = co_await service.send(caller, message);
        if (!sent)
            break;
    }
    co_return Done{};
}

} // namespace

Simulation::Simulation(Loop &loop, ScratchFolder &folder, const Population &population, const Schedule &schedule,
                       Sabotage *sabotage)
    : m_loop(loop), m_population(population), m_schedule(schedule), m_sabotage(sabotage),
      m_network(loop, m_trace, schedule.weather, schedule.seed),
      m_server(loop, m_network, folder, schedule.weather, schedule.seed, folder.fresh(u"server"_s))
{
    copyDatabase(population.serverDirectory, m_server.directory());
    for (int i = 0; i < schedule.devices; ++i) {
        const QString profile = folder.fresh(u"device"_s);
        copyDatabase(population.devices.at(i).profile, profile);
        m_owned.push_back(
            std::make_unique<Device>(loop, m_network, folder, i, population.devices.at(i), profile, schedule.seed));
        m_devices.append(m_owned.back().get());
    }
    m_network.onSend([this](int device) { m_devices.at(device)->frameLeaves(); });
    m_network.onArrival([this](const QByteArray &frame) { overhear(frame); });
    if (sabotage) {
        m_network.setWiretap(sabotage);
        m_server.setSabotage(sabotage);
        sabotage->begin(loop, m_devices);
    }
}

Simulation::~Simulation()
{
    m_devices.clear();
    m_owned.clear();
}

Outcome Simulation::run()
{
    m_server.start();
    for (Device *device : std::as_const(m_devices))
        m_loop.after(100 * device->number(), [device] { device->start(); });
    for (const Action &action : m_schedule.actions)
        m_loop.after(action.atMs, [this, action] { perform(action); });
    for (qint64 at = kReviveMs; at < m_schedule.endMs; at += kReviveMs)
        m_loop.after(at, [this] { revive(); });
    m_loop.runUntil(m_schedule.endMs);
    heal();
    Outcome outcome;
    outcome.violations = settle();
    outcome.trace = m_trace.hash();
    outcome.events = m_trace.events();
    outcome.frames = m_network.frames();
    outcome.deeds = m_ledger.deeds;
    outcome.faults = m_ledger.faults;
    return outcome;
}

void Simulation::revive()
{
    if (!m_server.isRunning()) {
        if (!m_wakeAt.contains(kServer))
            m_wakeAt[kServer] = m_loop.nowMs() + 2'000;
        if (m_loop.nowMs() >= m_wakeAt.value(kServer)) {
            m_wakeAt.remove(kServer);
            m_server.start();
        }
    }
    for (Device *device : std::as_const(m_devices)) {
        if (!device->isRunning() && m_loop.nowMs() >= m_wakeAt.value(device->number(), 1'000))
            device->start();
    }
}

void Simulation::heal()
{
    m_network.heal();
    m_server.heal();
    m_wakeAt.clear();
    // What a bus lost comes back with the next hello.
    if (m_schedule.weather.bus == BusWeather::Lossy) {
        for (const Device *device : std::as_const(m_devices))
            m_network.cut(device->number());
    }
}

bool Simulation::isQuiet(QString *why)
{
    if (!m_server.isRunning()) {
        *why = u"restless: the server is not running"_s;
        return false;
    }
    for (Device *device : std::as_const(m_devices)) {
        QString reason;
        if (!device->isAtRest(&reason)) {
            *why = u"restless: device %1 %2"_s.arg(device->number()).arg(reason);
            return false;
        }
    }
    return true;
}

QStringList Simulation::settle()
{
    QStringList violations;
    const qint64 end = m_loop.nowMs() + kSettleMs;
    int quietFor = 0;
    while (m_loop.nowMs() < end) {
        revive();
        m_loop.runUntil(m_loop.nowMs() + 1'000);
        QString why;
        if (!isQuiet(&why)) {
            violations = {why};
            quietFor = 0;
        } else if (++quietFor == 2 || quietFor % 5 == 0) {
            violations = Checker(m_server.directory(), m_ledger, m_devices, m_population).violations();
            if (violations.isEmpty() || quietFor >= kQuietSeconds)
                break;
        }
    }
    return violations;
}

// A reply or an event with a message of it: the server has said that it has it.
void Simulation::overhear(const QByteArray &frame)
{
    const Result<ServerFrame> decoded = decodeServerFrame(frame);
    if (!decoded || decoded->error || (decoded->id == 0 && decoded->event != Message::kEvent))
        return;
    const Result<Message> message = decodeCbor<Message>(decoded->body, Strictness::Reply);
    if (message && message->id > 0 && !message->clientId.isNull())
        m_ledger.told.insert(message->clientId,
                             {message->conversationId, message->id, message->senderId, message->clientId});
}

// -- what people do -----------------------------------------------------------------------------------------------

void Simulation::perform(const Action &action)
{
    m_trace.note(m_loop.nowMs(), 'a', action.number);
    if (action.isFault()) {
        performFault(action);
        return;
    }
    Device &device = *m_devices.at(action.device);
    if (!device.isRunning())
        return;
    QList<ConversationId> shown;
    for (const ConversationId &id : m_population.conversations) {
        if (device.store().conversations().contains(id))
            shown.append(id);
    }
    if (shown.isEmpty())
        return;
    // Most is said in one place.
    const ConversationId id = shown.at(action.first % 3 == 0 ? (action.first / 3) % shown.size()
                                                             : static_cast<int>(m_schedule.seed % 2) % shown.size());
    ++m_ledger.deeds;
    switch (action.what) {
    case What::Send:
        send(action, device, id);
        break;
    case What::MarkUnread:
        Q_UNUSED(device.engine().readMarks().markUnread(id).has_value())
        break;
    case What::FillHole: {
        const QList<Hole> holes = device.store().messages().holes(id);
        if (!holes.isEmpty())
            device.engine().conversations().fillHole(id, holes.at(action.second % holes.size()),
                                                     [](const Result<Done> &) {});
        break;
    }
    case What::AddMember:
    case What::RemoveMember:
        changeMembers(action, device, id);
        break;
    case What::Rename: {
        UpdateConversation op;
        op.conversationId = id;
        op.title = Patch<QString>{u"Title %1"_s.arg(action.number)};
        device.engine().call(op, [](const Result<Conversation> &) {});
        break;
    }
    case What::Burst:
        burst(action, id);
        break;
    default:
        performOnMessage(action, device, id);
        break;
    }
}

void Simulation::send(const Action &action, Device &device, const ConversationId &id)
{
    const auto clientId = device.engine().ids().make<ClientId>();
    const QString text = u"text %1"_s.arg(action.number);
    // Noted before: what is committed counts, also when the device dies before it can say so.
    Wished wished;
    wished.conversationId = id;
    wished.senderId = m_population.people.at(device.person()).id;
    wished.device = device.number();
    wished.text = text;
    m_ledger.wishes.insert(clientId, wished);
    if (!device.engine().wishes().send(id, clientId, text, 0))
        m_ledger.wishes.remove(clientId);
}

void Simulation::performOnMessage(const Action &action, Device &device, const ConversationId &id)
{
    QList<client::TimelineRow> rows = device.engine().rows().timelineBefore(id, 0, kRowsToChooseFrom).rows;
    if (action.what == What::MarkRead) {
        if (!rows.isEmpty())
            Q_UNUSED(device.engine()
                         .readMarks()
                         .markRead(id, rows.at(action.second % qMin<qsizetype>(3, rows.size())).messageId)
                         .has_value())
        return;
    }
    // Mostly one's own: others' are refused, unless one may.
    const UserId me = m_population.people.at(device.person()).id;
    const bool alsoOthers = action.what == What::Delete && action.second % 7 == 0;
    rows.removeIf([&](const client::TimelineRow &row) { return row.deleted || (!alsoOthers && row.senderId != me); });
    if (rows.isEmpty())
        return;
    const client::TimelineRow row = rows.at((action.second / 7) % qMin<qsizetype>(5, rows.size()));
    const auto known = m_ledger.wishes.find(row.clientId);
    if (known == m_ledger.wishes.end())
        return; // nobody wished it, which the checker will say
    Wished &wished = *known;
    client::Wishes &wishes = device.engine().wishes();
    switch (action.what) {
    case What::Edit: {
        const QString text = u"edit %1"_s.arg(action.number);
        const Result<Done> done =
            row.messageId == 0 ? wishes.edit(id, row.clientId, text) : wishes.edit(id, row.messageId, text);
        if (done)
            wished.edits[device.number()].append(text);
        break;
    }
    case What::Delete: {
        const Result<Done> done =
            row.messageId == 0 ? wishes.remove(id, row.clientId) : wishes.remove(id, row.messageId);
        if (done)
            wished.deletedBy.insert(device.number());
        break;
    }
    case What::Retry:
        Q_UNUSED(wishes.retry(id, row.clientId).has_value())
        break;
    case What::Discard:
        if (wishes.discard(id, row.clientId))
            wished.gaveUp.insert(device.number());
        break;
    default:
        break;
    }
}

void Simulation::changeMembers(const Action &action, Device &device, const ConversationId &id)
{
    const UserId other = m_population.people.at(action.second % m_population.people.size()).id;
    if (action.what == What::AddMember) {
        AddMembers op;
        op.conversationId = id;
        op.userIds = {other};
        device.engine().call(op, [](const Result<MemberList> &) {});
    } else {
        RemoveMember op;
        op.conversationId = id;
        op.userId = other;
        device.engine().call(op, [](const Result<Empty> &) {});
    }
}

void Simulation::burst(const Action &action, const ConversationId &id)
{
    if (!m_server.isRunning())
        return;
    server::Caller caller;
    caller.userId = m_population.people.at(action.second % m_population.people.size()).id;
    QList<SendMessage> messages;
    for (int i = 0; i < 12 + action.second % 30; ++i) {
        SendMessage message;
        message.conversationId = id;
        message.clientId = m_server.ids().make<ClientId>();
        message.text = u"burst %1.%2"_s.arg(action.number).arg(i);
        Wished wished;
        wished.conversationId = id;
        wished.senderId = caller.userId;
        wished.text = message.text;
        m_ledger.wishes.insert(message.clientId, wished);
        messages.append(message);
    }
    m_server.tasks().spawn(sendMany(m_server.messages(), caller, messages), "burst");
}

// -- what goes wrong ----------------------------------------------------------------------------------------------

void Simulation::performFault(const Action &action)
{
    Device &device = *m_devices.at(action.device);
    const qint64 duration = 200 + action.second % 12'000;
    ++m_ledger.faults;
    switch (action.what) {
    case What::Cut:
        m_network.cut(action.device);
        break;
    case What::Freeze:
    case What::Offline: {
        const bool silent = action.what == What::Freeze;
        m_network.setReach(action.device, silent ? Network::Reach::Swallowing : Network::Reach::Refusing);
        if (silent)
            m_network.freeze(action.device);
        else
            m_network.cut(action.device);
        m_loop.after(duration, [this, number = action.device] { m_network.setReach(number, Network::Reach::Open); });
        break;
    }
    case What::KillDevice:
        if (!device.isRunning())
            break;
        m_wakeAt[action.device] = m_loop.nowMs() + duration / 4;
        if (action.first % 3 == 0)
            device.kill();
        else if (action.first % 3 == 1)
            device.killBeforeFrame(1 + action.first / 3 % 4);
        else
            device.killAfterCommit(1 + action.first / 3 % 6);
        break;
    case What::JumpClock:
        device.clock().jump((action.first % 2 ? 1 : -1) * (action.second % 3'600'000));
        break;
    case What::KillServer:
        m_wakeAt[kServer] = m_loop.nowMs() + duration / 2;
        if (action.first % 3 == 0)
            m_server.kill(action.first % 5 == 0);
        else
            m_server.killAfterTurns(1 + action.first / 3 % 12, action.first % 5 == 0);
        break;
    case What::StopServer:
        m_wakeAt[kServer] = m_loop.nowMs() + 4'000 + duration / 4;
        m_server.stop();
        break;
    default:
        break;
    }
}

} // namespace confab::simulation
