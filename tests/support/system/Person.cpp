// SPDX-License-Identifier: MIT
#include "tests/support/system/Person.h"

#include <QtCore/QDateTime>
#include <QtCore/QDeadlineTimer>

#include <algorithm>

namespace confab::test {
using namespace Qt::StringLiterals;
using client::Client;
using client::ClientSettings;
using client::TimelineModel;

namespace {

QVariant cell(const TimelineModel &model, int row, TimelineModel::Role role)
{
    return model.data(model.index(row), static_cast<int>(role));
}

/// Loads older pages and fills holes until the model shows the whole conversation.
bool loadEverything(TimelineModel &model)
{
    return waitUntil([&] {
        if (model.isLoading())
            return false;
        for (int row = 0; row < model.count(); ++row) {
            if (cell(model, row, TimelineModel::Role::IsHole).toBool()) {
                if (!cell(model, row, TimelineModel::Role::HoleLoading).toBool())
                    model.fillHole(row);
                return false;
            }
        }
        if (model.isAtOldest())
            return true;
        model.loadOlder();
        return false;
    });
}

} // namespace

bool waitUntil(const std::function<bool()> &condition, int timeoutMs)
{
    const QDeadlineTimer deadline(timeoutMs);
    QEventLoop loop;
    while (!condition()) {
        if (deadline.hasExpired())
            return false;
        QTimer::singleShot(10, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return true;
}

QStringList cheapServer()
{
    return {u"--auth-hash-memory-mib"_s,       u"8"_s, u"--limits-auth-attempts-per-minute"_s, u"0"_s,
            u"--limits-messages-per-minute"_s, u"0"_s, u"--limits-requests-per-minute"_s,      u"0"_s};
}

Person::Person(const QUrl &server) : m_server(server), m_profile(m_ownProfile.path())
{
    start(server);
}

Person::Person(const QUrl &server, const QString &profileDirectory) : m_server(server), m_profile(profileDirectory)
{
    start(server);
}

Person::~Person() = default;

void Person::start(const QUrl &server)
{
    m_client.reset();
    ClientSettings settings;
    settings.serverUrl = server;
    settings.profileDirectory = m_profile;
    settings.deviceName = u"test device"_s;
    settings.secretPolicy = client::SecretPolicy::PlainFile;
    m_client = std::make_unique<Client>(settings);
}

void Person::restart()
{
    start(m_server);
}

void Person::restartOffline()
{
    start(QUrl(u"http://127.0.0.1:9"_s)); // discard: nobody listens there
}

bool Person::waitOnline()
{
    return waitUntil([this] { return m_client->state() == Client::State::Online; });
}

Result<User> Person::registerAs(const QString &handle)
{
    if (!waitUntil([this] { return m_client->state() == Client::State::SignedOut; }))
        return Error::unavailable(u"the client did not start"_s);
    Result<User> user = await(m_client->registerAccount(handle, handle, password()));
    if (user && !waitOnline())
        return Error::unavailable(u"the client did not come online"_s);
    return user;
}

Result<User> Person::signIn(const QString &handle, const QString &password)
{
    if (!waitUntil([this] { return m_client->state() != Client::State::Starting; }))
        return Error::unavailable(u"the client did not start"_s);
    Result<User> user = await(m_client->signIn(handle, password));
    if (user && !waitOnline())
        return Error::unavailable(u"the client did not come online"_s);
    return user;
}

QList<Message> Person::timeline(ConversationId conversation, bool everything)
{
    TimelineModel model;
    model.setClient(m_client.get());
    model.setConversationId(conversation);
    QList<Message> messages;
    if (!waitUntil([&] { return model.isLoaded() && !model.isLoading(); }))
        return messages;
    // The window holds some 500 rows, so pages are read as they pass by.
    QHash<QString, Message> seen;
    auto collect = [&] {
        for (int row = 0; row < model.count(); ++row) {
            if (cell(model, row, TimelineModel::Role::IsHole).toBool())
                continue;
            Message message;
            message.id = cell(model, row, TimelineModel::Role::MessageId).toLongLong();
            message.senderId =
                UserId::fromString(cell(model, row, TimelineModel::Role::SenderId).toString()).value_or(UserId());
            message.clientId =
                ClientId::fromString(cell(model, row, TimelineModel::Role::ClientId).toString()).value_or(ClientId());
            message.deleted = cell(model, row, TimelineModel::Role::Deleted).toBool();
            message.content.text = cell(model, row, TimelineModel::Role::Text).toString();
            seen.insert(cell(model, row, TimelineModel::Role::Key).toString(), message);
        }
    };
    QObject::connect(&model, &QAbstractItemModel::rowsInserted, &model, collect);
    QObject::connect(&model, &QAbstractItemModel::modelReset, &model, collect);
    QObject::connect(&model, &QAbstractItemModel::dataChanged, &model, collect);
    collect();
    if (everything && !loadEverything(model)) {
        qWarning("the timeline did not load in whole");
        return {};
    }
    messages = seen.values();
    std::sort(messages.begin(), messages.end(), [](const Message &a, const Message &b) {
        return (a.id ? a.id : std::numeric_limits<qint64>::max()) < (b.id ? b.id : std::numeric_limits<qint64>::max());
    });
    return messages;
}

int Person::unsettled(ConversationId conversation)
{
    client::ConversationListModel list;
    list.setClient(m_client.get());
    if (!waitUntil([&] { return list.isLoaded(); }))
        return -1;
    const QVariantMap row = list.find(conversation.toString());
    return row.value(u"pendingCount"_s).toInt() + row.value(u"failedCount"_s).toInt();
}

} // namespace confab::test
