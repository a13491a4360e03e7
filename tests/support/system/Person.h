// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Client.h>
#include <Confab/ConversationListModel.h>
#include <Confab/TimelineModel.h>

#include <QtCore/QEventLoop>
#include <QtCore/QFutureWatcher>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>

#include <memory>

namespace confab::test {

/// Turns the event loop until the future is there; `unavailable` after 30 s.
template<typename T>
Result<T> await(const QFuture<Result<T>> &future)
{
    QFutureWatcher<Result<T>> watcher;
    QEventLoop loop;
    QTimer timeout;
    timeout.setSingleShot(true);
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    QObject::connect(&timeout, &QTimer::timeout, &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    timeout.start(30'000);
    if (!future.isFinished())
        loop.exec();
    if (!future.isFinished())
        return Error::unavailable(QStringLiteral("the call did not finish in time"));
    return future.result();
}

/// Turns the event loop until \a condition holds; false after \a timeoutMs.
bool waitUntil(const std::function<bool()> &condition, int timeoutMs = 60'000);

/// Arguments for a confabd that many sign up at: cheap password hashing, and no limit to attempts from one address.
QStringList cheapServer();

/// Somebody with a device: an SDK client on a profile of its own, as an app would use it.
class Person
{
public:
    explicit Person(const QUrl &server);
    /// On a profile that is there already, signed in or not.
    Person(const QUrl &server, const QString &profileDirectory);
    ~Person();

    client::Client &client() { return *m_client; }

    /// Makes the account and waits until the client is online.
    Result<User> registerAs(const QString &handle);
    Result<User> signIn(const QString &handle, const QString &password);
    bool waitOnline();

    /// Ends the client as quitting the app does, and starts it again on the same profile: with the server of before, or
    /// with one that nobody listens at.
    void restart();
    void restartOffline();
    void quit() { m_client.reset(); }

    /// What this device holds of a conversation, oldest first, as its timeline shows it. Holes are filled and older
    /// pages loaded until nothing is left when \a everything is set.
    QList<Message> timeline(ConversationId conversation, bool everything = true);
    /// How many rows of it are not Sent, Received or Read.
    int unsettled(ConversationId conversation);

    static QString password() { return QStringLiteral("correct horse battery"); }

private:
    void start(const QUrl &server);

    const QUrl m_server;
    QTemporaryDir m_ownProfile;
    const QString m_profile;
    std::unique_ptr<client::Client> m_client;
};

} // namespace confab::test
