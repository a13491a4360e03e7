// SPDX-License-Identifier: MIT
#include "Person.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QFutureWatcher>
#include <QtCore/QTimer>

using namespace confab;
using namespace confab::client;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto kPatience = 30s;

ClientSettings settingsFor(const QUrl &server, const QString &profile)
{
    ClientSettings settings;
    settings.serverUrl = server;
    settings.profileDirectory = profile;
    settings.deviceName = u"confab-demo"_s;
    settings.secretPolicy = SecretPolicy::SessionOnly;
    return settings;
}

} // namespace

Person::Person(const QUrl &server, const QString &displayName)
    : m_displayName(displayName), m_client(settingsFor(server, m_profile.path()))
{
}

Person::~Person() = default;

template<typename T>
Result<T> Person::await(const QFuture<Result<T>> &future)
{
    QEventLoop loop;
    QFutureWatcher<Result<T>> watcher;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(kPatience, &loop, [&loop] { loop.quit(); });
    watcher.setFuture(future);
    if (!future.isFinished())
        loop.exec();
    if (!future.isFinished())
        return Error::unavailable(u"the server did not answer in time"_s);
    return future.result();
}

Result<Done> Person::awaitThat(const std::function<bool()> &condition, const QString &what)
{
    QDeadlineTimer deadline(kPatience);
    while (!condition()) {
        if (deadline.hasExpired())
            return Error::unavailable(u"%1 waited in vain: %2"_s.arg(m_displayName, what));
        QEventLoop loop;
        QTimer::singleShot(20ms, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return Done{};
}

Result<Done> Person::enter(const SignInFile::Account &account)
{
    const Result<Done> started =
        awaitThat([this] { return m_client.state() != Client::State::Starting; }, u"the client starts"_s);
    if (!started)
        return started;
    Result<User> user = await(m_client.signIn(account.handle, account.password));
    if (!user && user.error().code == ErrorCode::Unauthenticated)
        user = await(m_client.registerAccount(account.handle, m_displayName, account.password));
    if (!user)
        return user.error();
    m_conversations.setClient(&m_client);
    m_timeline.setClient(&m_client);
    return awaitThat([this] { return m_client.state() == Client::State::Online && m_conversations.isLoaded(); },
                     u"the connection"_s);
}

Result<ConversationId> Person::openDirect(const Person &other)
{
    const Result<Conversation> conversation = await(m_client.createDirect(other.id()));
    if (!conversation)
        return conversation.error();
    return conversation->id;
}

Result<ConversationId> Person::openGroup(const QString &title, const Person &other)
{
    const Result<Conversation> conversation = await(m_client.createGroup(title, {other.id()}));
    if (!conversation)
        return conversation.error();
    return conversation->id;
}

Result<Done> Person::show(ConversationId conversation)
{
    const Result<Done> known = awaitThat(
        [this, conversation] { return m_conversations.rowOf(conversation.toString()) >= 0; }, u"the conversation"_s);
    if (!known)
        return known;
    m_timeline.setConversationId(conversation);
    return awaitThat([this] { return m_timeline.isLoaded(); }, u"the messages"_s);
}

Result<Done> Person::say(const QString &text)
{
    const Result<ClientId> queued = await(m_client.sendMessage(m_timeline.conversationId(), text));
    if (!queued)
        return queued.error();
    return see(text);
}

Result<Done> Person::see(const QString &text)
{
    return awaitThat(
        [this, &text] {
            return newest().value(u"text"_s).toString() == text && newest().value(u"messageId"_s).toLongLong() > 0;
        },
        u"the message “%1”"_s.arg(text));
}

void Person::markRead()
{
    m_timeline.markAllRead();
}

Result<Done> Person::leave()
{
    const auto settled = [this] {
        for (int row = 0; row < m_conversations.count(); ++row) {
            if (m_conversations.get(row).value(u"pendingCount"_s).toInt() > 0)
                return false;
        }
        return true;
    };
    const Result<Done> sent = awaitThat(settled, u"what is to be sent"_s);
    if (!sent)
        return sent;
    return await(m_client.signOut());
}

QStringList Person::transcript(int count) const
{
    QStringList lines;
    for (int row = qMin(count, m_timeline.count()) - 1; row >= 0; --row) {
        const QVariantMap message = m_timeline.get(row);
        lines.append(u"%1: %2"_s.arg(message.value(u"senderName"_s).toString(), message.value(u"text"_s).toString()));
    }
    return lines;
}
