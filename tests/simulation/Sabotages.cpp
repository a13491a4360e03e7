// SPDX-License-Identifier: MIT
#include "tests/simulation/Sabotages.h"

#include "server/services/events/Envelope.h"
#include "shared/protocol/Frames.h"

namespace confab::simulation {

using namespace Qt::StringLiterals;

namespace {

/// A store that tells of a message as soon as it knows which number it will have.
class EagerStore final : public server::MessageStore
{
public:
    EagerStore(server::MessageStore &store, server::Database &database, std::unique_ptr<server::Bus> bus)
        : m_store(store), m_database(database), m_bus(std::move(bus))
    {
    }

    server::Task<server::Appended> append(server::Append append) override
    {
        const server::Statement statement{
            "SELECT c.revision FROM conversations c JOIN members m ON m.conversation_id = c.id WHERE c.id = ? AND "
            "m.user_id = ? AND m.has_left = 0 AND NOT EXISTS (SELECT 1 FROM messages x WHERE x.conversation_id = c.id "
            "AND x.client_id = ?)",
            {append.conversationId, append.senderId, append.clientId},
            {}};
        const Result<server::Rows> rows = co_await m_database.query(statement);
        if (rows && !rows->isEmpty())
            publish(append, rows->first().at(0).toInt() + 1);
        Result<server::Appended> appended = co_await m_store.append(append);
        if (appended)
            appended->isNew = false; // told already
        co_return appended;
    }

private:
    void publish(const server::Append &append, Revision revision)
    {
        Message message;
        message.conversationId = append.conversationId;
        message.id = message.revision = revision;
        message.senderId = append.senderId;
        message.clientId = append.clientId;
        message.createdAt = append.createdAt;
        message.content = append.content;
        server::Envelope envelope;
        envelope.conversationId = message.conversationId;
        envelope.messageId = message.id;
        envelope.frame = encodeEvent(message);
        m_bus->publish(server::conversationTopic(message.conversationId), server::encodeEnvelope(envelope));
    }

    server::MessageStore &m_store;
    server::Database &m_database;
    const std::unique_ptr<server::Bus> m_bus;
};

} // namespace

std::unique_ptr<server::MessageStore> PublishBeforeCommit::wrap(server::MessageStore &store, server::Database &database,
                                                                std::unique_ptr<server::Bus> bus)
{
    return std::make_unique<EagerStore>(store, database, std::move(bus));
}

// -- cursors ------------------------------------------------------------------------------------------------------

void CursorSabotage::begin(Loop &loop, const QList<Device *> &devices)
{
    m_loop = &loop;
    m_devices = devices;
}

void CursorSabotage::incoming(int device, const QByteArray &frame, std::function<void()> deliver)
{
    const Result<ServerFrame> decoded = decodeServerFrame(frame);
    Device &receiver = *m_devices.at(device);
    if (decoded && decoded->id == 0 && decoded->event == Message::kEvent && receiver.isRunning()) {
        const Result<Message> message = decodeCbor<Message>(decoded->body, Strictness::Reply);
        const auto row = message ? receiver.store().conversations().find(message->conversationId) : std::nullopt;
        if (row && row->cursor > 0 && row->catchUpBase < 0) {
            messageComes(receiver, *message, row->cursor, std::move(deliver));
            return;
        }
    }
    deliver();
}

void CursorIsNewestEvent::messageComes(Device &device, const Message &message, Revision, std::function<void()> deliver)
{
    deliver();
    if (!device.isRunning())
        return;
    Q_UNUSED(device.store()
                 .write(client::Durability::Soon,
                        [&] {
                            device.store().putMessage(message, device.store().me().id);
                            device.store().conversations().setCursor(message.conversationId, message.revision);
                        })
                 .has_value())
}

void CursorBeforeRow::messageComes(Device &device, const Message &message, Revision cursor,
                                   std::function<void()> deliver)
{
    if (message.revision != cursor + 1) {
        deliver();
        return;
    }
    Q_UNUSED(device.store()
                 .write(client::Durability::Soon,
                        [&] { device.store().conversations().setCursor(message.conversationId, message.revision); })
                 .has_value())
    m_loop->after(50, std::move(deliver));
}

// -- the outbox ---------------------------------------------------------------------------------------------------

void NewClientIdOnRetry::begin(Loop &, const QList<Device *> &)
{
    m_sent.clear();
}

QByteArray NewClientIdOnRetry::outgoing(int, const QByteArray &frame)
{
    const Result<RequestFrame> request = decodeRequest(frame);
    if (!request || request->op != SendMessage::kInfo.name)
        return frame;
    Result<SendMessage> op = decodeCbor<SendMessage>(request->params, Strictness::Reply);
    if (!op)
        return frame;
    if (!m_sent.contains(op->clientId)) {
        m_sent.insert(op->clientId);
        return frame;
    }
    op->clientId = ClientId(QUuid(++m_made, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));
    return encodeRequest(request->id, request->op, encodeCbor(*op));
}

} // namespace confab::simulation
