// SPDX-License-Identifier: MIT
#include "tests/system/cluster/Crowd.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QElapsedTimer>

namespace confab::test {

using namespace Qt::StringLiterals;
using client::Client;

Crowd::~Crowd()
{
    m_checkers.clear();
}

QString Crowd::gather()
{
    for (int i = 0; i < m_size; ++i) {
        const QString handle = u"person%1"_s.arg(i);
        m_people.push_back(std::make_unique<Person>(m_servers.at(i % m_servers.size())));
        const Result<User> user = m_people.back()->registerAs(handle);
        if (!user)
            return handle + u": "_s + user.error().message;
        if (i % m_groupSize == 0)
            m_checkers.push_back(std::make_unique<InvariantChecker>(m_servers.first()));
        m_checkers.back()->addDevice(handle, handle, *m_people.back());
    }
    for (int first = 0; first < m_size; first += m_groupSize) {
        QList<UserId> others;
        for (int i = first + 1; i < first + m_groupSize; ++i)
            others.append(m_people.at(static_cast<std::size_t>(i))->client().me().id);
        const Result<Conversation> group =
            await(m_people.at(static_cast<std::size_t>(first))->client().createGroup(u"Group"_s, others));
        if (!group)
            return group.error().message;
        m_groups.append(group->id);
        for (int i = first; i < first + m_groupSize; ++i)
            m_checkers.at(static_cast<std::size_t>(first / m_groupSize))->watch(u"person%1"_s.arg(i), group->id);
    }
    // Everybody's device knows of the group before anything breaks.
    for (int i = 0; i < m_size; ++i) {
        if (!waitUntil([&] { return say(i, u"hello"_s); }))
            return u"person%1 does not hear of the group"_s.arg(i);
    }
    return {};
}

bool Crowd::say(int who, const QString &text)
{
    const ConversationId group = m_groups.at(who / m_groupSize);
    const Result<ClientId> sent = await(clientOf(who).sendMessage(group, text));
    if (!sent)
        return false;
    checkerOf(who).typed(u"person%1"_s.arg(who), group, *sent, text);
    m_typed[who].append(*sent);
    return true;
}

void Crowd::chat(int messages)
{
    for (int i = 0; i < messages; ++i)
        say(m_seed.between(0, m_size - 1), u"message %1"_s.arg(++m_count));
}

void Crowd::meddle(int times)
{
    for (int i = 0; i < times; ++i) {
        const int who = m_seed.between(0, m_size - 1);
        const ConversationId group = m_groups.at(who / m_groupSize);
        QList<ClientId> &own = m_typed[who];
        const int what = own.isEmpty() ? 2 : m_seed.between(0, 2);
        const qsizetype which = own.isEmpty() ? 0 : m_seed.between(0, static_cast<int>(own.size()) - 1);
        if (what == 0) {
            const QString text = u"edited %1"_s.arg(++m_count);
            if (await(clientOf(who).editMessage(group, own.at(which), text)))
                checkerOf(who).edited(own.at(which), text);
        } else if (what == 1) {
            if (await(clientOf(who).deleteMessage(group, own.at(which))))
                checkerOf(who).deleted(own.takeAt(which));
        } else {
            const QList<Message> shown = m_people.at(static_cast<std::size_t>(who))->timeline(group, false);
            if (!shown.isEmpty() && shown.last().id > 0)
                (void)await(clientOf(who).markRead(group, shown.last().id));
        }
    }
}

QString Crowd::settle()
{
    for (const auto &checker : m_checkers) {
        QString complaints = checker->settle();
        if (!complaints.isEmpty())
            return complaints;
    }
    return {};
}

bool Crowd::chatUntil(const std::function<bool()> &condition, int timeoutMs)
{
    const QDeadlineTimer deadline(timeoutMs);
    while (!condition()) {
        if (deadline.hasExpired())
            return false;
        chat(5);
    }
    return true;
}

qint64 Crowd::reachTime()
{
    const ConversationId group = m_groups.constLast();
    const int first = m_size - m_groupSize;
    const QString text = u"message %1"_s.arg(++m_count);
    QElapsedTimer since;
    since.start();
    if (!say(first, text))
        return -1;
    const auto hasIt = [&](int who) {
        const QList<Message> shown = m_people.at(static_cast<std::size_t>(who))->timeline(group, false);
        return std::any_of(shown.begin(), shown.end(),
                           [&](const Message &message) { return message.id > 0 && message.content.text == text; });
    };
    for (int who = first; who < m_size; ++who) {
        if (!waitUntil([&] { return hasIt(who); }))
            return -1;
    }
    return since.elapsed();
}

bool Crowd::areAllOnline() const
{
    return std::all_of(m_people.begin(), m_people.end(),
                       [](const auto &person) { return person->client().state() == Client::State::Online; });
}

} // namespace confab::test
