// SPDX-License-Identifier: MIT
#pragma once

#include "tests/support/faults/InvariantChecker.h"
#include "tests/support/faults/Seed.h"

#include <vector>

namespace confab::test {

/// Many people with real SDK clients in groups, who write to each other while a test breaks something, and one judge of
/// what is left in the end.
class Crowd
{
public:
    /// Each goes to the next of \a servers.
    Crowd(const QList<QUrl> &servers, int people, int groupSize)
        : m_servers(servers), m_size(people), m_groupSize(groupSize)
    {
    }
    ~Crowd();

    /// Makes the accounts and the groups; what went wrong, empty when nothing did.
    QString gather();

    /// So many messages, each by somebody in one of their groups. What was typed is on disk when this returns.
    void chat(int messages);
    /// So many times somebody edits or deletes a message of theirs, or reads.
    void meddle(int times);
    /// Chats until \a condition holds; false after \a timeoutMs.
    bool chatUntil(const std::function<bool()> &condition, int timeoutMs = 120'000);

    /// How long one message takes to reach everybody in the last group, in milliseconds; -1: it did not within a
    /// minute. Its people are spread over all nodes.
    qint64 reachTime();

    /// The judge's last word, empty where all is as promised.
    QString settle();

    bool areAllOnline() const;

private:
    bool say(int who, const QString &text);
    client::Client &clientOf(int who) const { return m_people.at(static_cast<std::size_t>(who))->client(); }
    InvariantChecker &checkerOf(int who) const { return *m_checkers.at(static_cast<std::size_t>(who / m_groupSize)); }

    const QList<QUrl> m_servers;
    const int m_size;
    const int m_groupSize;
    std::vector<std::unique_ptr<Person>> m_people;
    QList<ConversationId> m_groups;
    QHash<int, QList<ClientId>> m_typed;                       // by person, without what was deleted
    std::vector<std::unique_ptr<InvariantChecker>> m_checkers; // of each group; they go before the people's clients
    Seed m_seed;
    int m_count = 0;
};

} // namespace confab::test
