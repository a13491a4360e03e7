// SPDX-License-Identifier: MIT
#include "tests/support/faults/InvariantChecker.h"

#include "shared/protocol/Operations.h"

#include <QtCore/QDeadlineTimer>

#include <algorithm>

namespace confab::test {
using namespace Qt::StringLiterals;
using client::Client;
using client::TimelineModel;

namespace {

constexpr qint64 kUnreadCap = 100;

QString line(const Message &message)
{
    return u"%1 %2 %3 \"%4\""_s.arg(message.id)
        .arg(message.senderId.toString().first(8), message.deleted ? u"deleted"_s : u"live"_s, message.content.text);
}

QStringList lines(const QList<Message> &messages)
{
    QStringList result;
    for (const Message &message : messages)
        result.append(line(message));
    return result;
}

/// Where two lists part, for people.
QString firstDifference(const QStringList &expected, const QStringList &found)
{
    qsizetype at = 0;
    while (at < expected.size() && at < found.size() && expected[at] == found[at])
        ++at;
    return u"row %1 of %2 is %3, but %4 on the device"_s.arg(at)
        .arg(expected.size())
        .arg(expected.value(at, u"nothing"_s), found.value(at, u"nothing"_s));
}

QList<Message> withIds(const QList<Message> &messages)
{
    QList<Message> known;
    std::copy_if(messages.begin(), messages.end(), std::back_inserter(known),
                 [](const Message &message) { return message.id > 0; });
    return known;
}

} // namespace

InvariantChecker::~InvariantChecker() = default;

void InvariantChecker::addDevice(const QString &name, const QString &handle, Person &person)
{
    Device &device = m_devices[name];
    device.person = &person;
    if (device.rest)
        return;
    device.rest = std::make_shared<RestClient>(m_server);
    const QJsonObject body{{u"handle"_s, handle}, {u"password"_s, Person::password()}, {u"deviceName"_s, u"checker"_s}};
    const Result<SignedIn> signedIn = device.rest->call<SignedIn>("POST", u"/v1/sessions"_s, body);
    if (!signedIn) {
        qWarning("the checker cannot sign in as %s: %s", qPrintable(handle), qPrintable(signedIn.error().message));
        return;
    }
    device.rest->setToken(signedIn->token);
    device.userId = signedIn->user.id;
}

void InvariantChecker::watch(const QString &device, ConversationId conversation)
{
    auto timeline = std::make_unique<TimelineModel>();
    TimelineModel *model = timeline.get();
    const auto look = [this, model, conversation] {
        for (int row = 0; row < model->count(); ++row) {
            const auto cell = [&](TimelineModel::Role role) {
                return model->data(model->index(row), static_cast<int>(role));
            };
            const auto clientId = ClientId::fromString(cell(TimelineModel::Role::ClientId).toString());
            if (clientId && cell(TimelineModel::Role::IsOwn).toBool() &&
                cell(TimelineModel::Role::MessageId).toLongLong() > 0)
                acknowledged(conversation, *clientId);
        }
    };
    QObject::connect(model, &QAbstractItemModel::rowsInserted, model, look);
    QObject::connect(model, &QAbstractItemModel::dataChanged, model, look);
    QObject::connect(model, &QAbstractItemModel::modelReset, model, look);
    model->setClient(&m_devices.at(device).person->client());
    model->setConversationId(conversation);
    m_watched.push_back(std::move(timeline));
}

void InvariantChecker::typed(const QString &device, ConversationId conversation, ClientId clientId, const QString &text)
{
    m_typed.insert(clientId, {device, conversation, text});
    m_order.append(clientId);
}

void InvariantChecker::edited(ClientId clientId, const QString &text)
{
    m_typed[clientId].text = text;
}

void InvariantChecker::deleted(ClientId clientId)
{
    m_typed[clientId].deleted = true;
}

void InvariantChecker::acknowledged(ConversationId conversation, ClientId clientId)
{
    m_acknowledged.insert(clientId, conversation);
}

QString InvariantChecker::settle(int timeoutMs)
{
    const QDeadlineTimer deadline(timeoutMs);
    QStringList complaints;
    const auto isQuiet = [this, &complaints] {
        complaints.clear();
        for (const auto &[name, device] : m_devices) {
            if (device.person->client().state() != Client::State::Online)
                complaints.append(u"%1 is not online: %2"_s.arg(name, device.person->client().stateReason()));
        }
        if (!complaints.isEmpty())
            return false;
        for (const ConversationId &conversation : conversations()) {
            for (const auto &[name, device] : m_devices) {
                if (const int waiting = device.person->unsettled(conversation))
                    complaints.append(u"%1 has %2 messages not sent"_s.arg(name).arg(waiting));
            }
        }
        return complaints.isEmpty();
    };
    const bool settled = waitUntil(
        [&] {
            if (!isQuiet())
                return false;
            complaints = violations();
            return complaints.isEmpty();
        },
        static_cast<int>(deadline.remainingTime()));
    return settled ? QString() : complaints.join(u'\n');
}

QStringList InvariantChecker::violations(bool mayWait)
{
    QStringList complaints;
    for (const ConversationId &conversation : conversations()) {
        const QList<Message> server = serverHistory(m_devices.begin()->first, conversation);
        std::map<QString, QList<Message>> shown;
        checkServer(conversation, server, complaints);
        for (const auto &[name, device] : m_devices) {
            shown[name] = device.person->timeline(conversation);
            checkDevice(name, conversation, server, shown[name], complaints);
            checkUnread(name, conversation, server, complaints);
        }
        checkTyped(conversation, server, shown, mayWait, complaints);
        checkOrder(conversation, server, complaints);
    }
    return complaints;
}

QSet<ConversationId> InvariantChecker::conversations() const
{
    QSet<ConversationId> ids;
    for (const Typed &typed : m_typed)
        ids.insert(typed.conversation);
    return ids;
}

QList<Message> InvariantChecker::serverHistory(const QString &device, ConversationId conversation) const
{
    return history(*m_devices.at(device).rest, conversation);
}

void InvariantChecker::checkServer(ConversationId conversation, const QList<Message> &server,
                                   QStringList &complaints) const
{
    QSet<MessageId> ids;
    QHash<UserId, QSet<ClientId>> clientIds;
    for (const Message &message : server) {
        if (ids.contains(message.id))
            complaints.append(u"the server has the id twice: %1"_s.arg(line(message)));
        if (clientIds[message.senderId].contains(message.clientId))
            complaints.append(u"the server has the message twice: %1"_s.arg(line(message)));
        ids.insert(message.id);
        clientIds[message.senderId].insert(message.clientId);
    }
    QSet<ClientId> held;
    for (const QSet<ClientId> &ofSender : clientIds)
        held += ofSender;
    for (auto message = m_acknowledged.begin(); message != m_acknowledged.end(); ++message) {
        if (*message == conversation && !held.contains(message.key()))
            complaints.append(u"acknowledged, but not on the server: \"%1\""_s.arg(m_typed.value(message.key()).text));
    }
}

void InvariantChecker::checkDevice(const QString &name, ConversationId, const QList<Message> &server,
                                   const QList<Message> &shown, QStringList &complaints) const
{
    const QStringList expected = lines(server);
    const QStringList found = lines(withIds(shown));
    if (expected != found)
        complaints.append(u"%1 differs from the server: %2"_s.arg(name, firstDifference(expected, found)));
}

void InvariantChecker::checkUnread(const QString &name, ConversationId conversation, const QList<Message> &server,
                                   QStringList &complaints)
{
    const Device &device = m_devices.at(name);
    const Result<ConversationEntry> entry =
        device.rest->call<ConversationEntry>("GET", u"/v1/conversations/"_s + conversation.toString());
    if (!entry) {
        complaints.append(u"the server does not tell %1's unread count: %2"_s.arg(name, entry.error().message));
        return;
    }
    const auto unread = std::count_if(server.begin(), server.end(), [&](const Message &message) {
        return message.id > entry->membership.readUpTo && message.senderId != device.userId && !message.deleted;
    });
    const qint64 expected = std::min<qint64>(unread, kUnreadCap);
    if (entry->membership.unread != expected)
        complaints.append(
            u"%1 has %2 unread, but %3 by the server"_s.arg(name).arg(expected).arg(entry->membership.unread));
    client::ConversationListModel list;
    list.setClient(&device.person->client());
    waitUntil([&] { return list.isLoaded(); });
    const qint64 shown = list.find(conversation.toString()).value(u"unreadCount"_s).toLongLong();
    if (shown != expected)
        complaints.append(u"%1 has %2 unread, but shows %3"_s.arg(name).arg(expected).arg(shown));
}

void InvariantChecker::checkTyped(ConversationId conversation, const QList<Message> &server,
                                  const std::map<QString, QList<Message>> &shown, bool mayWait,
                                  QStringList &complaints) const
{
    Rows onServer;
    for (const Message &message : server)
        onServer.insert(message.clientId, message);
    std::map<QString, Rows> onDevice;
    for (const auto &[name, messages] : shown) {
        for (const Message &message : messages)
            onDevice[name].insert(message.clientId, message);
    }
    for (const ClientId &clientId : m_order) {
        const Typed &typed = m_typed[clientId];
        if (typed.conversation != conversation)
            continue;
        const auto found = onServer.constFind(clientId);
        if (found == onServer.cend()) {
            const auto device = onDevice.find(typed.device);
            const bool waits = device != onDevice.end() && device->second.contains(clientId);
            if (!typed.deleted && !(mayWait && waits))
                complaints.append(u"typed on %1, but %2: \"%3\""_s.arg(
                    typed.device, waits ? u"still waits there"_s : u"lost"_s, typed.text));
        } else if (found->deleted != typed.deleted) {
            complaints.append(
                u"\"%1\" should be %2 on the server"_s.arg(typed.text, typed.deleted ? u"deleted"_s : u"live"_s));
        } else if (!typed.deleted && found->content.text != typed.text) {
            complaints.append(u"\"%1\" reads \"%2\" on the server"_s.arg(typed.text, found->content.text));
        }
    }
}

void InvariantChecker::checkOrder(ConversationId conversation, const QList<Message> &server,
                                  QStringList &complaints) const
{
    QHash<ClientId, MessageId> ids;
    for (const Message &message : server)
        ids.insert(message.clientId, message.id);
    QHash<QString, MessageId> last;
    for (const ClientId &clientId : m_order) {
        const Typed &typed = m_typed[clientId];
        const MessageId id = typed.conversation == conversation ? ids.value(clientId) : 0;
        if (id == 0)
            continue;
        if (id < last.value(typed.device))
            complaints.append(u"typed later on %1, but earlier on the server: \"%2\""_s.arg(typed.device, typed.text));
        last[typed.device] = std::max(id, last.value(typed.device));
    }
}

} // namespace confab::test
