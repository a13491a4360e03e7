// SPDX-License-Identifier: MIT
#include "qml/session/Session.h"

#include <Confab/WhenDone.h>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>

namespace confab::app {

using namespace Qt::StringLiterals;
using client::Action;
using client::Client;

namespace {

/// Texts that are no ids become a null id, which the server refuses as unknown.
template<typename AnyId>
AnyId idOf(const QString &text)
{
    return AnyId::fromString(text).value_or(AnyId());
}

QList<UserId> userIdsOf(const QStringList &texts)
{
    QList<UserId> ids;
    for (const QString &text : texts)
        ids.append(idOf<UserId>(text));
    return ids;
}

/// People type a host's name: what has no scheme is https, or http on this very machine.
QUrl serverUrlOf(const QString &typed)
{
    const QString text = typed.trimmed();
    if (text.contains("://"_L1))
        return QUrl(text, QUrl::StrictMode);
    const bool local = text.startsWith("localhost"_L1) || text.startsWith("127."_L1) || text.startsWith("[::1]"_L1);
    return QUrl((local ? u"http://"_s : u"https://"_s) + text, QUrl::StrictMode);
}

} // namespace

Session::Session(Client &client, QObject *parent) : QObject(parent), m_client(client)
{
    m_conversations.setClient(&client);
    m_timeline.setClient(&client);
    m_members.setClient(&client);
    m_readers.setClient(&client);
    m_people.setClient(&client);
    m_devices.setClient(&client);

    connect(&client, &Client::stateChanged, this, &Session::onStateChanged);
    connect(&client, &Client::storageFullChanged, this, &Session::stateChanged);
    connect(&client, &Client::meChanged, this, &Session::meChanged);
    connect(&client, &Client::ownPresenceChanged, this, &Session::ownPresenceChanged);
    connect(&client, &Client::serverInfoChanged, this, &Session::serverChanged);
    connect(&client, &Client::serverUrlChanged, this, &Session::serverChanged);

    using client::ConversationListModel;
    connect(&m_conversations, &ConversationListModel::loadedChanged, this, [this] {
        Q_EMIT conversationsLoadedChanged();
        Q_EMIT currentChanged();
    });
    connect(&m_conversations, &ConversationListModel::conversationChanged, this, [this](const QString &id) {
        if (id == m_currentId)
            Q_EMIT currentChanged();
    });
    connect(&m_conversations, &ConversationListModel::conversationGone, this, [this](const QString &id) {
        m_drafts.remove(id);
        if (id == m_currentId)
            openConversation({});
    });

    using client::TimelineModel;
    for (const auto signal : {&TimelineModel::loadingChanged, &TimelineModel::loadedChanged,
                              &TimelineModel::atNewestChanged, &TimelineModel::atOldestChanged})
        connect(&m_timeline, signal, this, &Session::timelineChanged);

    connect(&m_timeline, &TimelineModel::typingNamesChanged, this, &Session::typingNamesChanged);

    using client::MemberListModel;
    connect(&m_members, &MemberListModel::countChanged, this, &Session::membersChanged);
    connect(&m_members, &MemberListModel::myRoleChanged, this, &Session::membersChanged);
    connect(this, &Session::membersChanged, this, &Session::currentChanged);
    connect(&m_members, &QAbstractItemModel::dataChanged, this, &Session::currentChanged);
}

Session::~Session() = default;

QString Session::phase() const
{
    switch (m_client.state()) {
    case Client::State::Starting:
        return u"starting"_s;
    case Client::State::SignedOut:
        return u"signedOut"_s;
    case Client::State::StoreFailed:
        return u"failed"_s;
    default:
        return m_signingInAgain ? u"signedOut"_s : u"signedIn"_s;
    }
}

QString Session::connection() const
{
    switch (m_client.state()) {
    case Client::State::Starting:
        return u"starting"_s;
    case Client::State::Connecting:
        return u"connecting"_s;
    case Client::State::Updating:
        return u"updating"_s;
    case Client::State::Offline:
        return u"offline"_s;
    case Client::State::SessionOver:
        return u"sessionEnded"_s;
    case Client::State::SecretsLocked:
        return u"keyringLocked"_s;
    case Client::State::SecretsMissing:
        return u"keyringMissing"_s;
    default:
        return m_client.isStorageFull() ? u"storageFull"_s : u"online"_s;
    }
}

QString Session::stateReason() const
{
    return m_client.stateReason();
}

void Session::onStateChanged()
{
    const Client::State state = m_client.state();
    if (state != Client::State::SessionOver)
        m_signingInAgain = false;
    if (state == Client::State::SignedOut) {
        m_drafts.clear();
        openConversation({});
    }
    Q_EMIT stateChanged();
}

QVariantMap Session::me() const
{
    const User user = m_client.me();
    return {{u"userId"_s, user.id.isNull() ? QString() : user.id.toString()},
            {u"displayName"_s, user.displayName},
            {u"handle"_s, user.handle}};
}

QVariantMap Session::ownPresence() const
{
    const OwnPresence own = m_client.ownPresence();
    return {{u"statusText"_s, own.statusText},
            {u"statusExpiresAt"_s,
             own.statusExpiresAt == 0 ? QVariant() : QDateTime::fromMSecsSinceEpoch(own.statusExpiresAt)},
            {u"lastSeenHidden"_s, own.lastSeenHidden}};
}

int Session::statusLength() const
{
    return int(m_client.serverInfo().limits.statusLength);
}

QString Session::serverName() const
{
    const QString name = m_client.serverInfo().name;
    return name.isEmpty() ? m_client.serverUrl().authority() : name;
}

QString Session::serverAddress() const
{
    return m_client.serverUrl().toString();
}

int Session::passwordMinLength() const
{
    return int(m_client.serverInfo().limits.passwordMinLength);
}

QVariantMap Session::current() const
{
    if (m_currentId.isEmpty())
        return {};
    QVariantMap row = m_conversations.find(m_currentId);
    if (row.isEmpty())
        return {};
    QString subtitle;
    if (row.value(u"isSelf"_s).toBool()) {
        subtitle = tr("Notes to yourself");
    } else if (row.value(u"kind"_s).toString() == "direct"_L1) {
        const QString other = row.value(u"otherUserId"_s).toString();
        for (int i = 0; i < m_members.count(); ++i) {
            const QVariantMap member = m_members.get(i);
            if (member.value(u"userId"_s).toString() == other)
                subtitle = u'@' + member.value(u"handle"_s).toString();
        }
    } else {
        subtitle = tr("%n member(s)", nullptr, row.value(u"memberCount"_s).toInt());
    }
    row.insert(u"subtitle"_s, subtitle);
    return row;
}

Action *Session::signIn(const QString &server, const QString &handle, const QString &password)
{
    const QUrl url = serverUrlOf(server);
    if (!url.isValid() || url.host().isEmpty())
        return Action::failing(Error::invalid(u"server"_s, tr("This is no server address.")));
    m_client.setServerUrl(url);
    return Action::of(m_client.signIn(handle, password));
}

Action *Session::registerAccount(const QString &server, const QString &handle, const QString &displayName,
                                 const QString &password, const QString &inviteCode)
{
    const QUrl url = serverUrlOf(server);
    if (!url.isValid() || url.host().isEmpty())
        return Action::failing(Error::invalid(u"server"_s, tr("This is no server address.")));
    m_client.setServerUrl(url);
    return Action::of(
        m_client.registerAccount(handle, displayName.isEmpty() ? handle : displayName, password, inviteCode));
}

Action *Session::signOut()
{
    return Action::of(m_client.signOut());
}

void Session::signInAgain()
{
    m_signingInAgain = true;
    Q_EMIT stateChanged();
}

void Session::cancelSigningInAgain()
{
    m_signingInAgain = false;
    Q_EMIT stateChanged();
}

void Session::reconnect()
{
    if (m_client.state() == Client::State::SecretsLocked)
        m_client.unlockAndRetry();
    else
        m_client.probe();
}

void Session::keepTokenInFile()
{
    m_client.setSecretPolicy(client::SecretPolicy::PlainFile);
}

void Session::openConversation(const QString &conversationId)
{
    if (m_currentId == conversationId)
        return;
    m_currentId = conversationId;
    m_timeline.setConversationIdText(conversationId);
    m_members.setConversationIdText(conversationId);
    Q_EMIT currentChanged();
    Q_EMIT currentIdChanged();
}

Action *Session::conversationAction(QFuture<Result<Conversation>> future)
{
    auto *action = new Action;
    client::whenDone(future, action, [action](const Result<Conversation> &conversation) {
        if (conversation)
            action->succeed(conversation->id.toString());
        else
            action->fail(conversation.error());
    });
    return action;
}

Action *Session::createDirect(const QString &userId)
{
    return conversationAction(m_client.createDirect(idOf<UserId>(userId)));
}

Action *Session::createGroup(const QString &title, const QStringList &userIds)
{
    return conversationAction(m_client.createGroup(title, userIdsOf(userIds)));
}

bool Session::knows(const QString &conversationId) const
{
    return !m_conversations.find(conversationId).isEmpty();
}

Action *Session::send(const QString &conversationId, const QString &text)
{
    m_drafts.insert(conversationId, QString());
    return Action::of(m_client.sendMessage(idOf<ConversationId>(conversationId), text));
}

Action *Session::edit(const QString &key, const QString &text)
{
    return m_timeline.edit(key, text);
}

Action *Session::remove(const QString &key)
{
    return m_timeline.remove(key);
}

Action *Session::retry(const QString &key)
{
    return m_timeline.retry(key);
}

Action *Session::discard(const QString &key)
{
    return m_timeline.discard(key);
}

void Session::copy(const QString &text)
{
    QGuiApplication::clipboard()->setText(text);
}

void Session::loadOlder()
{
    m_timeline.loadOlder();
}

void Session::loadNewer()
{
    m_timeline.loadNewer();
}

void Session::jumpToNewest()
{
    m_timeline.jumpToNewest();
}

void Session::loadHole(int row)
{
    m_timeline.fillHole(row);
}

void Session::showReaders(qint64 messageId)
{
    m_readers.setMessageId(messageId);
    m_readers.setConversationIdText(messageId > 0 ? m_currentId : QString());
}

void Session::markRead()
{
    m_timeline.markAllRead();
}

QVariantMap Session::lastOwnMessage() const
{
    const QString key = m_timeline.lastOwnEditable();
    if (key.isEmpty())
        return {};
    return {{u"key"_s, key}, {u"text"_s, m_timeline.get(m_timeline.rowOf(key)).value(u"text"_s)}};
}

Action *Session::rename(const QString &title)
{
    return conversationAction(m_client.renameConversation(idOf<ConversationId>(m_currentId), title));
}

Action *Session::addMembers(const QStringList &userIds)
{
    return Action::of(m_client.addMembers(idOf<ConversationId>(m_currentId), userIdsOf(userIds)));
}

Action *Session::removeMember(const QString &userId)
{
    return Action::of(m_client.removeMember(idOf<ConversationId>(m_currentId), idOf<UserId>(userId)));
}

Action *Session::leave()
{
    return Action::of(m_client.leave(idOf<ConversationId>(m_currentId)));
}

QString Session::draftOf(const QString &conversationId)
{
    const auto known = m_drafts.constFind(conversationId);
    if (known != m_drafts.constEnd())
        return *known;
    QString shown = m_conversations.find(conversationId).value(u"draft"_s).toString();
    if (!shown.isEmpty())
        return shown;
    client::whenDone(m_client.draft(idOf<ConversationId>(conversationId)), this,
                     [this, conversationId](const Result<QString> &draft) {
                         // What was typed meanwhile is newer.
                         if (draft && !draft->isEmpty() && !m_drafts.contains(conversationId))
                             Q_EMIT draftLoaded(conversationId, *draft);
                     });
    return {};
}

void Session::saveDraft(const QString &conversationId, const QString &text)
{
    if (m_drafts.value(conversationId) == text && m_drafts.contains(conversationId))
        return;
    if (!m_drafts.contains(conversationId) && text.isEmpty() && draftOf(conversationId).isEmpty())
        return;
    m_drafts.insert(conversationId, text);
    m_client.setDraft(idOf<ConversationId>(conversationId), text);
}

void Session::setTyping(const QString &conversationId, bool typing)
{
    m_client.setTyping(idOf<ConversationId>(conversationId), typing);
}

client::PersonPresence *Session::personPresence(QObject *owner)
{
    auto *presence = new client::PersonPresence(owner);
    presence->setClient(&m_client);
    return presence;
}

Action *Session::setStatus(const QString &text, const QDateTime &expiresAt)
{
    return Action::of(m_client.setStatus(text, expiresAt.isValid() ? expiresAt.toMSecsSinceEpoch() : 0));
}

Action *Session::setLastSeenHidden(bool hidden)
{
    return Action::of(m_client.setLastSeenHidden(hidden));
}

Action *Session::updateName(const QString &displayName)
{
    return Action::of(m_client.updateDisplayName(displayName));
}

Action *Session::changePassword(const QString &currentPassword, const QString &newPassword)
{
    return Action::of(m_client.changePassword(currentPassword, newPassword));
}

Action *Session::deleteAccount(const QString &password)
{
    return Action::of(m_client.deleteAccount(password));
}

} // namespace confab::app
