// SPDX-License-Identifier: MIT
#include "client-sdk/src/outbox/Wishes.h"

#include "shared/text/CodePoints.h"
#include "shared/text/TextGate.h"

namespace confab::client {

using namespace Qt::StringLiterals;

Wishes::Wishes(LocalStore &store, Outbox &outbox, const Clock &clock) : m_store(store), m_outbox(outbox), m_clock(clock)
{
}

Result<ClientId> Wishes::send(ConversationId id, ClientId clientId, const QString &text, MessageId replyTo)
{
    const Result<QString> checked = checkMessageText(u"text"_s, text, m_limits.messageLength);
    if (!checked)
        return checked.error();
    if (const Result<Done> fits = Outbox::checkFrame(*checked, m_limits); !fits)
        return fits.error();
    if (!m_store.conversations().contains(id))
        return Error::notFound(u"There is no such conversation here."_s);
    const Result<Done> done = perform(id, [&] {
        m_store.outbox().addSend(id, clientId, *checked, replyTo, m_clock.utcMs());
        m_store.notes().setDraft(id, {});
    });
    if (!done)
        return done.error();
    return clientId;
}

Result<Done> Wishes::edit(ConversationId id, MessageId messageId, const QString &text)
{
    const std::optional<Message> message = m_store.messages().find(id, messageId);
    if (!message || message->deleted || message->senderId != m_store.me().id)
        return Error::notFound(u"There is no such message of yours here."_s);
    return edit(id, message->clientId, text);
}

Result<Done> Wishes::edit(ConversationId id, ClientId clientId, const QString &text)
{
    const Result<QString> checked = checkMessageText(u"text"_s, text, m_limits.messageLength);
    if (!checked)
        return checked.error();
    if (const Result<Done> fits = Outbox::checkFrame(*checked, m_limits); !fits)
        return fits.error();
    const std::optional<MessageId> messageId = idOf(id, clientId);
    if (!messageId)
        return Error::notFound(u"There is no such message of yours here."_s);
    return perform(id, [&] { m_store.outbox().addEdit(id, clientId, *messageId, *checked, m_clock.utcMs()); });
}

Result<Done> Wishes::remove(ConversationId id, MessageId messageId)
{
    const std::optional<Message> message = m_store.messages().find(id, messageId);
    if (!message)
        return Error::notFound(u"There is no such message here."_s);
    if (message->deleted)
        return Done{};
    return perform(id, [&] {
        m_store.outbox().addDelete(id, message->clientId, messageId, rowKey(message->senderId, message->clientId),
                                   m_clock.utcMs());
    });
}

Result<Done> Wishes::remove(ConversationId id, ClientId clientId)
{
    const std::optional<MessageId> messageId = idOf(id, clientId);
    if (!messageId)
        return Error::notFound(u"There is no such message of yours here."_s);
    return perform(id, [&] {
        m_store.outbox().addDelete(id, clientId, *messageId, rowKey(m_store.me().id, clientId), m_clock.utcMs());
    });
}

Result<Done> Wishes::retry(ConversationId id, ClientId clientId)
{
    return perform(id, [&] {
        if (!m_store.outbox().retry(id, clientId))
            m_store.fail(Error::notFound(u"Nothing of this message has failed."_s));
    });
}

Result<Done> Wishes::discard(ConversationId id, ClientId clientId)
{
    return perform(id, [&] {
        if (!m_store.outbox().discard(id, clientId, rowKey(m_store.me().id, clientId)))
            m_store.fail(Error::notFound(u"Nothing of this message has failed."_s));
    });
}

Result<Done> Wishes::setDraft(ConversationId id, const QString &text)
{
    // A draft is cut from nothing, so that half a character typed is kept out like anywhere else.
    for (CodePoints points(text); !points.atEnd();) {
        const char32_t c = points.next();
        if (c == 0 || isSurrogate(c))
            return Error::invalid(u"text"_s, u"The text holds a character that no text may hold."_s);
    }
    return m_store.write(Durability::Flushed, [&] { m_store.notes().setDraft(id, text); });
}

std::optional<MessageId> Wishes::idOf(ConversationId id, ClientId clientId)
{
    if (m_store.outbox().send(id, clientId))
        return 0;
    const std::optional<Message> message = m_store.messages().find(id, m_store.me().id, clientId);
    if (!message || message->deleted)
        return std::nullopt;
    return message->id;
}

Result<Done> Wishes::perform(ConversationId id, const std::function<void()> &body)
{
    Result<Done> done = m_store.write(Durability::Flushed, body);
    if (done)
        m_outbox.wake(id);
    return done;
}

} // namespace confab::client
