// SPDX-License-Identifier: MIT
#pragma once

#include "Terminal.h"

#include <Confab/ConversationListModel.h>
#include <Confab/TimelineModel.h>

#include <QtCore/QQueue>
#include <QtCore/QTimer>

/// The commands of confab-terminal, and what it prints by itself: one conversation at a time, read from the SDK's
/// models.
class ChatShell : public QObject
{
    Q_OBJECT

public:
    ChatShell(confab::client::Client &client, Terminal &terminal, QObject *parent = nullptr);

    /// Signs in if the profile is not signed in yet, lists the conversations and takes commands from then on.
    void start(const QString &handle, const QString &password);

Q_SIGNALS:
    /// It is over; the process's exit code.
    void finished(int exitCode);

private:
    using Continuation = std::function<void()>;

    void begin();
    void signIn();
    void showListAndGo();
    void takeLine(const QString &line);
    void takeNext();
    void run(const QString &line);
    void runCommand(const QString &name, const QString &argument);
    void done();
    void quit();

    void printHelp();
    void printList();
    void open(const QString &number);
    void openConversation(confab::ConversationId id, const QString &title);
    void openNew(const QString &handle);
    void loadOlder();
    void send(const QString &text);

    void printRows(int newest, int oldest);
    void printRow(int row);
    void printEarlier();
    void rememberOldest(int row);
    void printInserted(int first, int last);
    void printChanged(int row, const QList<int> &roles);
    void printState();
    void printNews(const confab::Message &message);
    void updatePrompt();
    void complain(const QString &text);
    bool areListedNamesKnown() const;
    bool areSendersKnown() const;
    QString listedTitle(const QString &conversationId) const;

    /// Goes on when the condition holds, or after some seconds without. It is looked at whenever a model changes.
    void wait(std::function<bool()> condition, int timeoutMs, Continuation then);
    void check();
    template<typename T, typename Function>
    void whenDone(const QFuture<confab::Result<T>> &future, Function function);

    confab::client::Client &m_client;
    Terminal &m_terminal;
    confab::client::ConversationListModel m_conversations;
    confab::client::TimelineModel m_timeline;
    QString m_handle;
    QString m_password;
    QStringList m_listed; ///< The conversation ids by the numbers last printed.
    QString m_title;      ///< Of the open conversation.
    QString m_day;        ///< Of the last row printed.
    QString m_oldestKey;  ///< Of the oldest row printed.
    bool m_live = false;  ///< The open conversation's rows were printed; new ones print as they come.
    QQueue<QString> m_lines;
    bool m_busy = true; ///< A command runs; lines wait.
    bool m_closing = false;
    QString m_lastState;
    std::function<bool()> m_condition;
    Continuation m_then;
    QTimer m_timeout;
};
