// SPDX-License-Identifier: MIT
#pragma once

#include "tests/support/ConfabdProcess.h"
#include "tests/support/faults/FaultClient.h"
#include "tests/support/faults/FaultProxy.h"
#include "tests/support/faults/InvariantChecker.h"
#include "tests/support/faults/Seed.h"

#include <functional>

namespace confab::test {

/// Ada, who reaches the server through a fault proxy, and Joan, who reaches it straight, in a group of two, and what
/// they type, edit, delete and read.
class FaultScene
{
public:
    /// \a serverArguments come after those of a cheap server with a short heartbeat.
    explicit FaultScene(const QStringList &serverArguments = {});

    /// Joan uses another node, which runs by then. Before open().
    void putJoanOn(const QUrl &node) { m_joansServer = node; }

    /// Starts everything; what went wrong, empty when nothing did.
    QString open();

    /// Both do something at random, \a times each: mostly they type, sometimes they edit, delete or read.
    void chat(int times);
    /// Chats on until \a condition holds; false when it did not within a minute.
    bool chatUntil(const std::function<bool()> &condition);
    /// Something only one of them does.
    void act(const QString &name);
    /// \a name types; false when the SDK did not take it.
    bool type(const QString &name, const QString &text);
    /// Ends a person's client as quitting does, and starts it again.
    void restart(const QString &name);
    /// Kills the server somewhere in the middle of what both do, starts it again and waits for both of them; what went
    /// wrong, empty when nothing did.
    QString killServerAmidChat();

    /// Ada's device becomes a process of its own, which is not started yet. adaReturns() makes it a Person again.
    void adaLeaves();
    void adaReturns();
    QString adasProfile() const { return m_adasProfile.path(); }

    Person &person(const QString &name) { return name == QLatin1StringView("ada") ? *ada : *joan; }

private:
    QTemporaryDir m_adasProfile; // outlives her client

public:
    Seed seed;
    ConfabdProcess server;
    std::unique_ptr<FaultProxy> proxy;
    std::unique_ptr<Person> ada;
    std::unique_ptr<Person> joan;
    std::unique_ptr<FaultClient> adasProcess;
    std::unique_ptr<InvariantChecker> checker;
    ConversationId conversation;

private:
    QUrl m_joansServer; // empty: the scene's own
    QHash<QString, QList<ClientId>> m_typed;
    int m_count = 0;
};

} // namespace confab::test
