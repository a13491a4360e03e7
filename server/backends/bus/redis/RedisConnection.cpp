// SPDX-License-Identifier: MIT
#include "server/backends/bus/redis/RedisConnection.h"

#include <QtCore/QRandomGenerator>
#include <QtCore/QSocketNotifier>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QHostInfo>

#include <hiredis/async.h>

#include <utility>
#include <vector>

namespace confab::server {

using namespace Qt::StringLiterals;

RedisReply RedisReply::of(const redisReply *reply)
{
    RedisReply result;
    if (!reply)
        return result;
    switch (reply->type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        result.kind = Kind::Text;
        result.text = QByteArray(reply->str, static_cast<qsizetype>(reply->len));
        break;
    case REDIS_REPLY_ERROR:
        result.kind = Kind::Error;
        result.text = QByteArray(reply->str, static_cast<qsizetype>(reply->len));
        break;
    case REDIS_REPLY_INTEGER:
        result.kind = Kind::Number;
        result.number = reply->integer;
        break;
    case REDIS_REPLY_ARRAY:
        result.kind = Kind::Array;
        for (size_t i = 0; i < reply->elements; ++i)
            result.items.append(of(reply->element[i]));
        break;
    default:
        break;
    }
    return result;
}

/// Hooks hiredis into the event loop, and its callbacks into the connection, as long as the connection lives.
class RedisConnection::Hooks
{
public:
    Hooks(RedisConnection &owner, redisAsyncContext *context)
        : m_owner(&owner), m_context(context), m_read(context->c.fd, QSocketNotifier::Read),
          m_write(context->c.fd, QSocketNotifier::Write)
    {
        m_read.setEnabled(false);
        m_write.setEnabled(false);
        QObject::connect(&m_read, &QSocketNotifier::activated, &owner, [this] { redisAsyncHandleRead(m_context); });
        QObject::connect(&m_write, &QSocketNotifier::activated, &owner, [this] { redisAsyncHandleWrite(m_context); });
        context->data = this;
        context->ev.data = this;
        context->ev.addRead = [](void *self) { static_cast<Hooks *>(self)->m_read.setEnabled(true); };
        context->ev.delRead = [](void *self) { static_cast<Hooks *>(self)->m_read.setEnabled(false); };
        context->ev.addWrite = [](void *self) { static_cast<Hooks *>(self)->m_write.setEnabled(true); };
        context->ev.delWrite = [](void *self) { static_cast<Hooks *>(self)->m_write.setEnabled(false); };
        context->ev.cleanup = [](void *self) { static_cast<Hooks *>(self)->freed(); };
        redisAsyncSetConnectCallback(context, [](const redisAsyncContext *c, int status) {
            auto *hooks = static_cast<Hooks *>(c->data);
            hooks->m_isFreeing = status != REDIS_OK; // by hiredis, right after this
            if (hooks->m_owner && status == REDIS_OK)
                hooks->m_owner->signIn();
            else if (hooks->m_owner)
                hooks->m_owner->drop(QString::fromLocal8Bit(c->errstr));
        });
        redisAsyncSetDisconnectCallback(context, [](const redisAsyncContext *c, int) {
            if (RedisConnection *connection = static_cast<Hooks *>(c->data)->m_owner)
                connection->drop(c->err ? QString::fromLocal8Bit(c->errstr) : u"closed by Redis"_s);
        });
    }

    /// Nothing is told any more. hiredis frees the context now, or when it returns from where it is.
    void letGo()
    {
        m_owner = nullptr;
        m_read.setEnabled(false);
        m_write.setEnabled(false);
        if (std::exchange(m_isFreeing, true))
            return;
        redisAsyncFree(m_context);
    }

    RedisConnection *owner() const { return m_owner; }

private:
    /// hiredis is about to free the context, by itself or asked to.
    void freed()
    {
        m_isFreeing = true;
        m_read.setEnabled(false);
        m_write.setEnabled(false);
    }

    RedisConnection *m_owner;
    redisAsyncContext *const m_context;
    QSocketNotifier m_read;
    QSocketNotifier m_write;
    bool m_isFreeing = false;
};

RedisConnection::RedisConnection(QObject *parent) : QObject(parent)
{
    m_timeout.setParent(this);
    m_timeout.setSingleShot(true);
    m_timeout.callOnTimeout([this] { drop(u"no answer in time"_s); });
}

RedisConnection::~RedisConnection()
{
    if (m_lookup >= 0)
        QHostInfo::abortHostLookup(m_lookup);
    if (m_hooks)
        m_hooks->letGo();
}

void RedisConnection::open(const RedisUrl &url, const RedisUrl::Place &place, int timeoutMs)
{
    m_url = url;
    m_timeout.start(timeoutMs);
    if (!url.path.isEmpty()) {
        connectToPath(url.path);
        return;
    }
    if (!QHostAddress(place.host).isNull()) {
        connectTo(place.host, place.port);
        return;
    }
    m_lookup = QHostInfo::lookupHost(place.host, this, [this, place](const QHostInfo &info) {
        m_lookup = -1;
        const QList<QHostAddress> addresses = info.addresses();
        // Any of them: where one does not answer, a later attempt finds another.
        if (addresses.isEmpty())
            drop(u"%1: %2"_s.arg(place.host, info.errorString()));
        else
            connectTo(addresses.at(QRandomGenerator::global()->bounded(addresses.size())).toString(), place.port);
    });
}

void RedisConnection::connectTo(const QString &address, quint16 port)
{
    attach(redisAsyncConnect(address.toLatin1().constData(), port));
}

void RedisConnection::connectToPath(const QString &path)
{
    attach(redisAsyncConnectUnix(path.toLocal8Bit().constData()));
}

void RedisConnection::attach(redisAsyncContext *context)
{
    if (!context || context->err) {
        const QString why = context ? QString::fromLocal8Bit(context->errstr) : u"out of memory"_s;
        if (context)
            redisAsyncFree(context);
        QTimer::singleShot(0, this, [this, why] { drop(why); });
        return;
    }
    m_context = context;
    m_hooks = std::make_unique<Hooks>(*this, context);
}

void RedisConnection::signIn()
{
    if (!m_url.password.isEmpty()) {
        QList<QByteArray> words{"AUTH"};
        if (!m_url.user.isEmpty())
            words.append(m_url.user);
        words.append(m_url.password);
        expectOk(words, u"Redis refuses the password"_s);
    }
    if (m_url.database > 0)
        expectOk({"SELECT", QByteArray::number(m_url.database)}, u"Redis has no such database"_s);
    expectOk({"CLIENT", "SETNAME", "confabd"}, u"Redis wants another password, or none"_s);
}

void RedisConnection::expectOk(const QList<QByteArray> &words, const QString &refused)
{
    ++m_signingIn;
    send(words, [this, refused](const RedisReply &reply) {
        if (reply.kind == RedisReply::Kind::Error) {
            // Its first word is a code; the rest may repeat what was sent.
            drop(u"%1 (%2)"_s.arg(refused, QString::fromUtf8(reply.text.split(' ').constFirst())));
        } else if (--m_signingIn == 0 && !m_lost) {
            m_timeout.stop();
            m_ready = true;
            Q_EMIT ready();
        }
    });
}

void RedisConnection::send(const QList<QByteArray> &words, Answer answer)
{
    if (!answer) {
        run(words, nullptr, nullptr);
        return;
    }
    // hiredis calls back once, with null when the connection goes before the answer.
    auto kept = std::make_unique<Answer>(std::move(answer));
    const auto told = [](redisAsyncContext *context, void *reply, void *data) {
        const std::unique_ptr<Answer> callback(static_cast<Answer *>(data));
        if (reply && static_cast<Hooks *>(context->data)->owner())
            (*callback)(RedisReply::of(static_cast<redisReply *>(reply)));
    };
    if (run(words, told, kept.get()))
        Q_UNUSED(kept.release())
}

void RedisConnection::listen(const QByteArray &command, const QList<QByteArray> &channels)
{
    const auto told = [](redisAsyncContext *context, void *reply, void *) {
        const RedisConnection *owner = static_cast<Hooks *>(context->data)->owner();
        if (reply && owner)
            owner->m_listener(RedisReply::of(static_cast<redisReply *>(reply)));
    };
    run(QList<QByteArray>{command} + channels, told, nullptr);
}

bool RedisConnection::run(const QList<QByteArray> &words, void (*told)(redisAsyncContext *, void *, void *), void *data)
{
    if (m_lost || !m_context)
        return false;
    std::vector<const char *> texts;
    std::vector<size_t> sizes;
    for (const QByteArray &word : words) {
        texts.push_back(word.constData());
        sizes.push_back(static_cast<size_t>(word.size()));
    }
    return redisAsyncCommandArgv(m_context, told, data, static_cast<int>(words.size()), texts.data(), sizes.data()) ==
           REDIS_OK;
}

void RedisConnection::drop(const QString &why)
{
    if (std::exchange(m_lost, true))
        return;
    m_ready = false;
    m_timeout.stop();
    m_context = nullptr;
    if (m_hooks)
        m_hooks->letGo();
    Q_EMIT lost(why);
}

} // namespace confab::server
