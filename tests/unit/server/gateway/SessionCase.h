// SPDX-License-Identifier: MIT
#pragma once

#include "GatewayFixture.h"
#include "RawClient.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace confab::test {

using namespace Qt::StringLiterals;

inline const QString kId = u"01890000-0000-7000-8000-0000000000aa"_s;

inline QJsonObject request(int id, const QString &op, const QJsonObject &params = {})
{
    return {{u"id"_s, id}, {u"op"_s, op}, {u"params"_s, params}};
}

inline QJsonObject hello(int id, const QString &token)
{
    return request(id, u"hello"_s, {{u"token"_s, token}, {u"cursors"_s, QJsonArray()}, {u"features"_s, QJsonArray()}});
}

inline QJsonObject sendMessage(int id)
{
    return request(id, u"message.send"_s, {{u"conversationId"_s, kId}, {u"clientId"_s, kId}, {u"text"_s, u"hi"_s}});
}

inline QString errorOf(const RawClient::Frame &frame)
{
    return frame.json()[u"error"_s][u"code"_s].toString();
}

/// A gateway that knows Ann, who is in one conversation, anew for each test.
class SessionCase : public QObject
{
    Q_OBJECT

protected:
    void restart(const server::GatewaySettings &settings = {})
    {
        m_fixture.reset();
        m_fixture = std::make_unique<GatewayFixture>(settings);
        m_ann = m_fixture->gatekeeper.add(u"ann"_s);
        m_fixture->gatekeeper.memberships[m_ann.userId] = {{m_tea, 0}};
    }

    /// Says hello; true when it is answered.
    static bool greet(RawClient &client, const QString &token = u"token-ann"_s)
    {
        client.sendJson(hello(1, token));
        return client.takeFrame().json().contains(u"result"_s);
    }

    std::unique_ptr<GatewayFixture> m_fixture;
    server::Caller m_ann;
    const ConversationId m_tea{QUuid::createUuid()};

private Q_SLOTS:
    void init() { restart(); }
    void cleanup() { m_fixture.reset(); }
};

} // namespace confab::test
