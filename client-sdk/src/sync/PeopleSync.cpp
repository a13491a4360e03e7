// SPDX-License-Identifier: MIT
#include "client-sdk/src/sync/PeopleSync.h"

#include "client-sdk/src/engine/Log.h"

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kUsersAtOnce = 100;

} // namespace

PeopleSync::PeopleSync(LocalStore &store, Connection &connection, const SyncTimings &timings, QObject *parent)
    : QObject(parent), m_store(store), m_connection(connection), m_timings(timings)
{
    m_gather.setParent(this);
    m_gather.setSingleShot(true);
    m_gather.setInterval(timings.gatherMs);
    connect(&m_gather, &QTimer::timeout, this, &PeopleSync::requestUsers);
}

void PeopleSync::need(const QSet<UserId> &ids)
{
    QSet<UserId> open = ids;
    open.subtract(m_wanted);
    open.subtract(m_absent);
    if (!open.isEmpty())
        refresh(m_store.people().unknown(open));
}

void PeopleSync::refresh(const QList<UserId> &ids)
{
    for (const UserId &id : ids)
        m_wanted.insert(id);
    if (!m_wanted.isEmpty() && m_connection.isEstablished() && !m_requested)
        m_gather.start();
}

void PeopleSync::connected()
{
    m_absent.clear();
    refresh({});
}

void PeopleSync::connectionLost()
{
    m_gather.stop();
}

void PeopleSync::requestUsers()
{
    if (m_wanted.isEmpty() || m_requested || !m_connection.isEstablished())
        return;
    GetUsers op;
    for (const UserId &id : std::as_const(m_wanted)) {
        if (op.ids.size() < kUsersAtOnce)
            op.ids.append(id);
    }
    m_requested = true;
    m_connection.call(op, [this, ids = op.ids](const Result<UserList> &reply) {
        m_requested = false;
        if (!reply && reply.error().kind() != ErrorKind::Refused) {
            if (m_connection.isEstablished())
                QTimer::singleShot(m_timings.tryAgainMs, this, &PeopleSync::requestUsers);
            return;
        }
        for (const UserId &id : ids) {
            m_wanted.remove(id);
            m_absent.insert(id);
        }
        if (reply) {
            const Result<Done> done = m_store.write(Durability::Soon, [&] {
                for (const User &user : reply->users)
                    m_store.people().putUser(user);
            });
            if (!done)
                qCWarning(lcSync) << "profiles not stored:" << done.error().message;
            for (const User &user : reply->users)
                m_absent.remove(user.id);
        }
        refresh({});
    });
}

void PeopleSync::fetchMembers(ConversationId id)
{
    const std::optional<StoredConversation> row = m_store.conversations().find(id);
    if (!row || m_listing.contains(id) || !m_connection.isEstablished() ||
        m_store.people().memberCount(id) >= row->conversation.memberCount)
        return;
    m_listing.insert(id);
    requestMembers(id, std::nullopt);
}

void PeopleSync::requestMembers(ConversationId id, std::optional<UserId> after)
{
    ListMembers op;
    op.conversationId = id;
    op.after = after;
    op.limit = m_timings.pageLimit;
    m_connection.call(op, [this, id](const Result<MemberList> &page) {
        const bool stored = page && m_store.write(Durability::Soon, [&] {
            for (const Member &member : page->members) {
                if (m_store.conversations().contains(id))
                    m_store.people().putMember(member);
            }
        });
        if (stored && page->more && !page->members.isEmpty())
            requestMembers(id, page->members.last().userId);
        else
            m_listing.remove(id);
    });
}

} // namespace confab::client
