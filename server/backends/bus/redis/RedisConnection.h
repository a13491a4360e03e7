// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/redis/RedisUrl.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <functional>
#include <memory>

struct redisAsyncContext;
struct redisReply;

namespace confab::server {

/// A reply of Redis, as far as the server needs them.
struct RedisReply
{
    enum class Kind { Nothing, Text, Number, Array, Error };

    Kind kind = Kind::Nothing;
    QByteArray text; ///< Of Text and Error.
    qint64 number = 0;
    QList<RedisReply> items;

    static RedisReply of(const redisReply *reply);
};

/// One connection to one Redis, through hiredis' asynchronous API in the event loop of its thread.
///
/// Made for one attempt: once it was lost it stays so. Replies come in the order of the commands; what is not answered
/// when the connection goes is not answered any more.
class RedisConnection : public QObject
{
    Q_OBJECT

public:
    using Answer = std::function<void(const RedisReply &reply)>;

    explicit RedisConnection(QObject *parent = nullptr);
    ~RedisConnection() override;

    /// Connects and signs in as \a url says; ready() or lost() follows, always later. Names are looked up without
    /// blocking. A \a place replaces the URL's.
    void open(const RedisUrl &url, const RedisUrl::Place &place, int timeoutMs);

    bool isReady() const { return m_ready; }

    /// Sends a command; it is pipelined with those before.
    void send(const QList<QByteArray> &words, Answer answer = {});

    /// Who gets what comes of subscriptions: confirmations and messages, as Redis sends them. Set before the first.
    void setListener(Answer listener) { m_listener = std::move(listener); }
    /// SUBSCRIBE or UNSUBSCRIBE. A connection that has subscribed takes no other command.
    void listen(const QByteArray &command, const QList<QByteArray> &channels);

    /// Ends it; lost() follows at once unless it was lost before.
    void drop(const QString &why);

Q_SIGNALS:
    void ready();
    void lost(const QString &why);

private:
    class Hooks;

    void connectTo(const QString &address, quint16 port);
    void connectToPath(const QString &path);
    void attach(redisAsyncContext *context);
    void signIn();
    bool run(const QList<QByteArray> &words, void (*told)(redisAsyncContext *, void *, void *), void *data);
    void expectOk(const QList<QByteArray> &words, const QString &refused);

    RedisUrl m_url;
    Answer m_listener;
    redisAsyncContext *m_context = nullptr; // freed by hiredis
    std::unique_ptr<Hooks> m_hooks;
    QTimer m_timeout;
    int m_lookup = -1;
    int m_signingIn = 0; ///< Answers still to come.
    bool m_ready = false;
    bool m_lost = false;
};

} // namespace confab::server
