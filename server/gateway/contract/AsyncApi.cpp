// SPDX-License-Identifier: MIT
#include "server/gateway/contract/ContractDocuments.h"
#include "server/gateway/contract/Examples.h"
#include "server/gateway/contract/OrderedJson.h"
#include "server/gateway/contract/SchemaBook.h"
#include "shared/protocol/Frames.h"

#include <QtCore/QCborArray>

namespace confab::server {
using namespace Qt::StringLiterals;
using Direction = SchemaBook::Direction;

namespace {

constexpr auto kIntroduction =
    "The WebSocket of a Confab server, as the server sees it: it receives requests, answers each by its id, and "
    "sends events. The subprotocol confab.v1.json carries these frames as text, confab.v1.cbor the same as CBOR "
    "(RFC 8949) in binary frames. The first request is `hello`, with the token; before it only operations that need "
    "no session are answered. How a client keeps in sync is told in docs/protocol.md. Clients ignore fields, "
    "events, error codes and enum values they do not know: servers may be newer.";

QCborMap reference(const QString &path)
{
    return {{u"$ref"_s, u"#/"_s + path}};
}

/// The number by which the examples' requests and responses are paired.
constexpr qint64 kExampleId = 7;

/// Puts the AsyncAPI document together.
class AsyncApi
{
public:
    AsyncApi(const QString &version, const Limits &limits)
        : m_version(version), m_comments(DocComments::ofContract()), m_examples(Examples::ofContract()),
          m_book(m_comments, limits)
    {
    }

    QCborMap document()
    {
        for (const ContractOperation &operation : contractOperations()) {
            if (isForSockets(*operation.info))
                add(operation);
        }
        for (const ContractEvent &event : contractEvents())
            add(event);
        addError();
        const QCborMap channel{{u"address"_s, QString::fromLatin1(kSocketPath)},
                               {u"description"_s, u"One socket a device: requests, responses and events."_s},
                               {u"messages"_s, m_channelMessages},
                               {u"bindings"_s, QCborMap{{u"ws"_s, QCborMap{{u"method"_s, u"GET"_s}}}}}};
        return {{u"asyncapi"_s, u"3.0.0"_s},
                {u"info"_s, info()},
                {u"defaultContentType"_s, u"application/json"_s},
                {u"servers"_s, QCborMap{{u"server"_s, server()}}},
                {u"channels"_s, QCborMap{{u"socket"_s, channel}}},
                {u"operations"_s, m_operations},
                {u"components"_s, QCborMap{{u"messages"_s, m_messages},
                                           {u"schemas"_s, m_book.schemas()},
                                           {u"securitySchemes"_s, QCborMap{{u"token"_s, token()}}}}}};
    }

private:
    QCborMap info() const
    {
        return {{u"title"_s, u"Confab"_s},
                {u"version"_s, m_version},
                {u"description"_s, QString::fromLatin1(kIntroduction)},
                {u"license"_s, QCborMap{{u"name"_s, u"MIT"_s}}}};
    }

    static QCborMap server()
    {
        const QCborMap host{{u"default"_s, u"127.0.0.1:8484"_s},
                            {u"description"_s, u"Host and port that the server listens on."_s}};
        return {{u"host"_s, u"{host}"_s},
                {u"protocol"_s, u"ws"_s},
                {u"description"_s, u"wss where TLS is set up."_s},
                {u"variables"_s, QCborMap{{u"host"_s, host}}},
                {u"security"_s, QCborArray{reference(u"components/securitySchemes/token"_s)}}};
    }

    static QCborMap token()
    {
        return {{u"type"_s, u"http"_s},
                {u"scheme"_s, u"bearer"_s},
                {u"description"_s, u"The token that account.register or session.open gave. It is no header field here: "
                                   "`hello` carries it."_s}};
    }

    /// Adds one message of the socket.
    void addMessage(const QString &name, const QString &title, const QString &summary, const QCborMap &payload,
                    const QCborMap &example)
    {
        QCborMap message{{u"name"_s, name}, {u"title"_s, title}};
        if (!summary.isEmpty())
            message.insert(u"summary"_s, summary);
        message.insert(u"payload"_s, payload);
        if (!example.isEmpty())
            message.insert(u"examples"_s, QCborArray{QCborMap{{u"payload"_s, example}}});
        m_messages.insert(name, message);
        m_channelMessages.insert(name, reference(u"components/messages/"_s + name));
    }

    static QCborMap frame(const QCborArray &required, const QCborMap &properties)
    {
        return {{u"type"_s, u"object"_s}, {u"required"_s, required}, {u"properties"_s, properties}};
    }

    static QCborMap idSchema()
    {
        return {{u"type"_s, u"integer"_s},
                {u"minimum"_s, 1},
                {u"description"_s, u"Chosen by the client; the response carries the same."_s}};
    }

    void add(const ContractOperation &operation)
    {
        const QString name = QString::fromLatin1(operation.info->name);
        const QString description = m_book.describe(operation.parameters.name);
        const Result<Examples::Example> example = m_examples.of(operation);

        const QCborMap request =
            frame({u"id"_s, u"op"_s}, {{u"id"_s, idSchema()},
                                       {u"op"_s, QCborMap{{u"const"_s, name}}},
                                       {u"params"_s, m_book.reference(operation.parameters, Direction::Request)}});
        const QString reply = name + u".reply"_s;
        const QCborMap response =
            frame({u"id"_s, u"result"_s},
                  {{u"id"_s, idSchema()}, {u"result"_s, m_book.reference(operation.reply, Direction::Reply)}});
        addMessage(name, u"Request "_s + name, firstSentence(description), request,
                   example ? QCborMap{{u"id"_s, kExampleId}, {u"op"_s, name}, {u"params"_s, example->parameters}}
                           : QCborMap());
        addMessage(reply, u"Response to "_s + name, firstSentence(m_book.describe(operation.reply.name)), response,
                   example ? QCborMap{{u"id"_s, kExampleId}, {u"result"_s, example->reply}} : QCborMap());

        const QString messages = u"channels/socket/messages/"_s;
        m_operations.insert(
            name, QCborMap{{u"action"_s, u"receive"_s},
                           {u"channel"_s, reference(u"channels/socket"_s)},
                           {u"summary"_s, firstSentence(description)},
                           {u"description"_s, description},
                           {u"x-idempotent"_s, operation.info->idempotent},
                           {u"x-needs-session"_s, operation.info->access != Access::Anyone},
                           {u"messages"_s, QCborArray{reference(messages + name)}},
                           {u"reply"_s, QCborMap{{u"channel"_s, reference(u"channels/socket"_s)},
                                                 {u"messages"_s, QCborArray{reference(messages + reply),
                                                                            reference(messages + u"error"_s)}}}}});
    }

    void add(const ContractEvent &event)
    {
        const QString kind = QString::fromLatin1(event.name);
        const QString name = u"event."_s + kind;
        QString description = m_book.describe(event.data.name, "kEvent");
        if (description.isEmpty())
            description = m_book.describe(event.data.name);
        const Result<QCborMap> example = m_examples.of(event);
        const QCborMap payload =
            frame({u"event"_s, u"data"_s}, {{u"event"_s, QCborMap{{u"const"_s, kind}}},
                                            {u"data"_s, m_book.reference(event.data, Direction::Reply)}});
        addMessage(name, u"Event "_s + kind, firstSentence(description), payload,
                   example ? QCborMap{{u"event"_s, kind}, {u"data"_s, *example}} : QCborMap());
        m_operations.insert(name,
                            QCborMap{{u"action"_s, u"send"_s},
                                     {u"channel"_s, reference(u"channels/socket"_s)},
                                     {u"summary"_s, firstSentence(description)},
                                     {u"description"_s, description},
                                     {u"messages"_s, QCborArray{reference(u"channels/socket/messages/"_s + name)}}});
    }

    void addError()
    {
        QCborArray codes;
        const QMetaEnum meta = QMetaEnum::fromType<ErrorCode>();
        QStringList lines;
        for (int i = 0; i < meta.keyCount(); ++i) {
            const auto code = static_cast<ErrorCode>(meta.value(i));
            if (code == ErrorCode::Unknown)
                continue;
            const QString wireName(errorTraits(code).wireName);
            codes.append(wireName);
            lines.append(wireName + u": "_s + m_book.describe("ErrorCode", meta.key(i)));
        }
        QCborMap code = SchemaBook::openEnum(codes, u"A code of a newer server."_s);
        code.insert(u"description"_s, lines.join(u'\n'));
        const QCborMap text{{u"type"_s, u"string"_s}};
        const QCborMap error = frame({u"code"_s, u"message"_s, u"field"_s, u"retryAfterMs"_s},
                                     {{u"code"_s, code},
                                      {u"message"_s, text},
                                      {u"field"_s, text},
                                      {u"retryAfterMs"_s, QCborMap{{u"type"_s, u"integer"_s}}}});
        const QCborMap anyId{{u"type"_s, u"integer"_s},
                             {u"description"_s, u"That of the request; 0 where none could be read."_s}};
        const QCborMap example{{u"id"_s, kExampleId},
                               {u"error"_s, QCborMap{{u"code"_s, u"tooLarge"_s},
                                                     {u"message"_s, u"must have at most 10000 characters"_s},
                                                     {u"field"_s, u"text"_s},
                                                     {u"retryAfterMs"_s, 0}}}};
        addMessage(u"error"_s, u"Response of an operation that was refused or failed"_s, {},
                   frame({u"id"_s, u"error"_s}, {{u"id"_s, anyId}, {u"error"_s, error}}), example);
    }

    const QString m_version;
    const DocComments m_comments;
    const Examples m_examples;
    SchemaBook m_book;
    QCborMap m_messages;
    QCborMap m_channelMessages;
    QCborMap m_operations;
};

} // namespace

QByteArray asyncApiDocument(const QString &version, const Limits &limits)
{
    return orderedJson(AsyncApi(version, limits).document());
}

} // namespace confab::server
