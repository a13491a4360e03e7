// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Frames.h"

#include <QtCore/QByteArray>

#include <functional>
#include <string_view>
#include <unordered_map>

namespace confab::bench {

/// One WebSocket client (RFC 6455) as lean as load asks for: a descriptor, what is half read and what is half written.
///
/// Owned and driven by LoadLoop, on its thread.
class LoadConnection
{
public:
    enum class State { Connecting, Upgrading, Open, Closed };

    /// Answers by request id; a null function drops the answer.
    using Answer = std::function<void(LoadConnection &, const ServerFrame &)>;
    /// A whole event frame, undecoded: the same bytes go to every subscriber.
    using EventHandler = std::function<void(LoadConnection &, std::string_view frame)>;

    explicit LoadConnection(int index) : index(index) { }

    /// Queues one request; it is written as soon as the socket takes it.
    template<typename Operation>
    void call(const Operation &operation, Answer answer)
    {
        const qint64 id = ++m_lastId;
        m_answers.emplace(id, std::move(answer));
        sendBinary(encodeRequest(id, Operation::kInfo.name, encodeCbor(operation)));
    }

    const int index;
    State state = State::Connecting;
    QString closeReason;

    UserId userId;
    QString token;
    ConversationId conversationId;
    qint64 eventCount = 0;
    qint64 eventIdSum = 0;

private:
    friend class LoadLoop;

    void sendBinary(const QByteArray &payload);
    void appendFrame(quint8 opcode, const QByteArray &payload);
    void consume(const EventHandler &onEvent);
    bool consumeUpgrade();
    void onMessage(std::string_view payload, const EventHandler &onEvent);

    int m_descriptor = -1;
    bool m_wantsWrite = false;
    qint64 m_lastId = 0;
    QByteArray m_in;
    QByteArray m_out;
    std::unordered_map<qint64, Answer> m_answers;
};

} // namespace confab::bench
