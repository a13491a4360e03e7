// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/LocalStore.h"

#include "client-sdk/src/store/Migrations.h"
#include "shared/protocol/Codec.h"

#include <QtCore/QDir>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

// A client that is being destroyed gives its lock back within a second; the next one of the profile waits for it.
constexpr int kLockWaitMs = 2000;

} // namespace

QString rowKey(UserId senderId, ClientId clientId)
{
    return senderId.toString() + u'/' + clientId.toString();
}

LocalStore::LocalStore()
    : m_conversations(m_file, m_changes), m_messages(m_file, m_changes), m_people(m_file, m_changes),
      m_outbox(m_file, m_changes), m_notes(m_file, m_changes)
{
}

Result<Done> LocalStore::open(const QString &directory)
{
    if (directory.isEmpty() || !QDir().mkpath(directory))
        return Error::unavailable(u"The profile folder cannot be made."_s);
    const QDir folder(directory);
    m_lock = std::make_unique<QLockFile>(folder.filePath(u"profile.lock"_s));
    m_lock->setStaleLockTime(0);
    if (!m_lock->tryLock(kLockWaitMs)) {
        const bool taken = m_lock->error() == QLockFile::LockFailedError;
        m_lock.reset();
        if (taken)
            return Error::conflict(u"profile"_s, u"The profile is in use by another window or program."_s);
        return Error::unavailable(u"The profile folder cannot be written to."_s);
    }
    Result<Done> opened = m_file.open(folder.filePath(u"confab.db"_s));
    if (opened)
        opened = migrate(m_file);
    if (!opened)
        close();
    return opened;
}

void LocalStore::close()
{
    m_file.close();
    m_lock.reset();
    m_me.reset();
}

Result<Done> LocalStore::write(Durability durability, const std::function<void()> &body)
{
    if (!m_file.isOpen())
        return Error::unavailable(u"The profile is not open."_s);
    Result<Done> done = m_file.write(durability, body);
    const ChangeSet changes = std::exchange(m_changes, {});
    if (!done)
        m_me.reset();
    else if (m_onCommit)
        m_onCommit(changes);
    return done;
}

QByteArray LocalStore::meta(const QString &key)
{
    return m_file.value(u"SELECT value FROM meta WHERE key = ?"_s, {key}).toByteArray();
}

void LocalStore::setMeta(const QString &key, const QByteArray &value)
{
    if (value.isEmpty())
        m_file.run(u"DELETE FROM meta WHERE key = ?"_s, {key});
    else
        m_file.run(u"INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)"_s, {key, value});
}

User LocalStore::me()
{
    if (!m_me)
        m_me = decodeCbor<User>(meta(u"me"_s), Strictness::Reply).value_or(User{});
    return *m_me;
}

void LocalStore::setMe(const User &user)
{
    setMeta(u"me"_s, encodeCbor(user));
    m_people.putUser(user);
    m_me = user;
}

GenerationId LocalStore::generation()
{
    return GenerationId(QUuid::fromRfc4122(meta(u"generation"_s)));
}

void LocalStore::setGeneration(GenerationId generation)
{
    setMeta(u"generation"_s, generation.uuid().toRfc4122());
}

Revision LocalStore::accountRevision()
{
    return meta(u"accountRevision"_s).toLongLong();
}

void LocalStore::setAccountRevision(Revision revision)
{
    setMeta(u"accountRevision"_s, QByteArray::number(revision));
}

PutOutcome LocalStore::putMessage(const Message &message, UserId me)
{
    if (message.senderId == me)
        m_outbox.acknowledge(message.conversationId, message.clientId, message.id);
    if (message.deleted)
        m_outbox.forgetChanges(message.conversationId, message.id);
    const PutOutcome outcome = m_messages.put(message);
    if (outcome == PutOutcome::Added && message.senderId != me && !message.deleted)
        m_notes.markDelivered(message.conversationId, message.id);
    return outcome;
}

void LocalStore::voidConversation(ConversationId id)
{
    m_messages.clear(id);
    m_people.clear(id);
    m_conversations.restartFromNothing(id);
}

void LocalStore::dropConversation(ConversationId id)
{
    m_messages.clear(id);
    m_people.clear(id);
    m_notes.removeReadMark(id);
    m_notes.removeDeliveryMark(id);
    m_outbox.failAll(id, Error::notFound(u"You are no longer a member of this conversation."_s));
    m_conversations.remove(id);
}

void LocalStore::voidCache()
{
    for (const ConversationId &id : m_conversations.ids())
        m_changes.timelines.insert(id);
    for (const QString &table :
         {u"messages"_s, u"holes"_s, u"members"_s, u"receipts"_s, u"conversations"_s, u"users"_s, u"delivery_marks"_s})
        m_file.run(u"DELETE FROM "_s + table);
    setMeta(u"generation"_s, {});
    setMeta(u"accountRevision"_s, {});
    m_changes.allConversations = true;
}

void LocalStore::clear()
{
    voidCache();
    for (const QString &table : {u"outbox"_s, u"drafts"_s, u"read_marks"_s, u"meta"_s})
        m_file.run(u"DELETE FROM "_s + table);
    m_me.reset();
}

} // namespace confab::client
