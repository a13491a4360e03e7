// SPDX-License-Identifier: MIT
#pragma once

#include "SignInFile.h"

#include <Confab/Client.h>
#include <Confab/ConversationListModel.h>
#include <Confab/TimelineModel.h>

#include <QtCore/QTemporaryDir>

/// One account of the demo on a device that is forgotten afterwards. Its calls wait for their results.
class Person
{
public:
    Person(const QUrl &server, const QString &displayName);
    ~Person();

    /// Signs in, or makes the account where there is none with this handle.
    confab::Result<confab::Done> enter(const SignInFile::Account &account);
    confab::Result<confab::ConversationId> openDirect(const Person &other);
    confab::Result<confab::ConversationId> openGroup(const QString &title, const Person &other);
    /// Shows a conversation once the client knows it.
    confab::Result<confab::Done> show(confab::ConversationId conversation);
    /// Sends to the conversation shown and returns once the server has it.
    confab::Result<confab::Done> say(const QString &text);
    /// Returns once the newest message shown is this one, and the server has it.
    confab::Result<confab::Done> see(const QString &text);
    void markRead();
    /// Waits until everything was sent and signs out.
    confab::Result<confab::Done> leave();

    const QString &displayName() const { return m_displayName; }
    confab::UserId id() const { return m_client.me().id; }
    /// The newest messages shown, the oldest first.
    QStringList transcript(int count) const;
    bool hasConversations() const { return m_conversations.count() > 0; }

private:
    template<typename T>
    confab::Result<T> await(const QFuture<confab::Result<T>> &future);
    confab::Result<confab::Done> awaitThat(const std::function<bool()> &condition, const QString &what);
    QVariantMap newest() const { return m_timeline.get(0); }

    QString m_displayName;
    QTemporaryDir m_profile;
    confab::client::Client m_client;
    confab::client::ConversationListModel m_conversations;
    confab::client::TimelineModel m_timeline;
};
