// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QUrl>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtTest/QTest>
#include <QtWebSockets/QWebSocket>

#include <memory>

namespace confab::test {

/// A person's plain JSON socket: calls by hand, remembers what came.
class JsonSocket
{
public:
    explicit JsonSocket(const QUrl &url)
    {
        QObject::connect(&m_socket, &QWebSocket::textMessageReceived, &m_socket, [this](const QString &text) {
            const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
            (frame.contains(QStringLiteral("event")) ? events : answers).append(frame);
        });
        m_socket.open(url);
    }

    QJsonObject call(const QString &op, const QJsonObject &params)
    {
        if (!QTest::qWaitFor([this] { return m_socket.state() != QAbstractSocket::ConnectingState; }, 30'000))
            return {};
        const qsizetype before = answers.size();
        send(op, params);
        const bool answered = QTest::qWaitFor(
            [&] { return answers.size() > before || m_socket.state() == QAbstractSocket::UnconnectedState; }, 30'000);
        return answered && answers.size() > before ? answers.last() : QJsonObject();
    }

    void send(const QString &op, const QJsonObject &params)
    {
        const QJsonObject frame{
            {QStringLiteral("id"), ++m_id}, {QStringLiteral("op"), op}, {QStringLiteral("params"), params}};
        m_socket.sendTextMessage(QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)));
    }

    /// The messages that came as events, in their order.
    QList<QJsonObject> messages() const
    {
        QList<QJsonObject> found;
        for (const QJsonObject &event : events) {
            if (event[QStringLiteral("event")].toString() == QStringLiteral("message"))
                found.append(event[QStringLiteral("data")].toObject());
        }
        return found;
    }

    QWebSocket &socket() { return m_socket; }
    int closeCode() const { return m_socket.closeCode(); }
    bool isOpen() const { return m_socket.state() == QAbstractSocket::ConnectedState; }
    bool isClosed() const { return m_socket.state() == QAbstractSocket::UnconnectedState; }

    QList<QJsonObject> answers;
    QList<QJsonObject> events;

private:
    QWebSocket m_socket;
    int m_id = 0;
};

/// A plain REST client: JSON over HTTP with a token.
class RestCaller
{
public:
    struct Person
    {
        QString token;
        QString userId;
        QString sessionId;
    };

    explicit RestCaller(const QUrl &server) : m_server(server.toString()) { }

    QJsonObject call(const QByteArray &method, const QString &path, const QString &token, const QJsonObject &body = {},
                     int *status = nullptr)
    {
        QNetworkRequest request{QUrl(m_server + path)};
        request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
        if (!token.isEmpty())
            request.setRawHeader("Authorization", "Bearer " + token.toLatin1());
        const QByteArray bytes = body.isEmpty() ? QByteArray() : QJsonDocument(body).toJson();
        const std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(request, method, bytes));
        if (!QTest::qWaitFor([&reply] { return reply->isFinished(); }, 30'000))
            return {};
        if (status)
            *status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        return QJsonDocument::fromJson(reply->readAll()).object();
    }

    Person signUp(const QString &handle)
    {
        return personOf(call("POST", QStringLiteral("/v1/accounts"), {},
                             {{QStringLiteral("handle"), handle},
                              {QStringLiteral("displayName"), handle},
                              {QStringLiteral("password"), password()}}));
    }
    Person signIn(const QString &handle, const QString &with = password())
    {
        return personOf(call("POST", QStringLiteral("/v1/sessions"), {},
                             {{QStringLiteral("handle"), handle}, {QStringLiteral("password"), with}}));
    }

    static QString password() { return QStringLiteral("correct horse battery"); }

    static Person personOf(const QJsonObject &signedIn)
    {
        return {signedIn.value(QStringLiteral("token")).toString(),
                signedIn.value(QStringLiteral("user"))[QStringLiteral("id")].toString(),
                signedIn.value(QStringLiteral("session"))[QStringLiteral("id")].toString()};
    }

private:
    const QString m_server;
    QNetworkAccessManager m_network;
};

} // namespace confab::test
