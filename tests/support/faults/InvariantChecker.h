// SPDX-License-Identifier: MIT
#pragma once

#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <map>

namespace confab::test {

/// The one judge of every fault test: told what people typed, it says what in the end is not as promised.
///
/// The promises: the server holds every acknowledged message exactly once; each device shows what the server holds, in
/// its order; unread counts are right there and on each device; what was typed is on the server, or waits, or shows
/// that it failed, on the device that it was typed on; and what one device typed in a conversation stands in that
/// order. It asks the server over REST, straight.
class InvariantChecker
{
public:
    explicit InvariantChecker(const QUrl &server) : m_server(server) { }
    ~InvariantChecker();

    /// A device to be checked, whose person has Person::password(). It must outlive the checker or be replaced by
    /// another one of this name.
    void addDevice(const QString &name, const QString &handle, Person &person);
    /// Forgets the devices' watched timelines, before their clients restart.
    void unwatch() { m_watched.clear(); }
    /// Notes whatever this device shows as acknowledged in a conversation from now on.
    void watch(const QString &device, ConversationId conversation);

    /// The SDK accepted it: the future of sendMessage() gave this ClientId.
    void typed(const QString &device, ConversationId conversation, ClientId clientId, const QString &text);
    void edited(ClientId clientId, const QString &text);
    void deleted(ClientId clientId);
    /// The device was told that the server has it.
    void acknowledged(ConversationId conversation, ClientId clientId);

    /// Waits until every device is online with nothing left to send and nothing is to complain about. Returns the
    /// complaints of the last look otherwise; an empty text is the good end.
    QString settle(int timeoutMs = 60'000);
    /// One look, at the present state. \a mayWait: messages may still be on a device only.
    QStringList violations(bool mayWait = false);

    qsizetype typedCount() const { return m_order.size(); }
    qsizetype acknowledgedCount() const { return m_acknowledged.size(); }
    /// The server's history, oldest first, as \a device's person sees it.
    QList<Message> serverHistory(const QString &device, ConversationId conversation) const;

private:
    struct Device
    {
        Person *person = nullptr;
        std::shared_ptr<RestClient> rest;
        UserId userId;
    };
    struct Typed
    {
        QString device;
        ConversationId conversation;
        QString text;
        bool deleted = false;
    };
    using Rows = QHash<ClientId, Message>; ///< Of one conversation.

    QSet<ConversationId> conversations() const;
    void checkServer(ConversationId conversation, const QList<Message> &server, QStringList &complaints) const;
    void checkDevice(const QString &name, ConversationId conversation, const QList<Message> &server,
                     const QList<Message> &shown, QStringList &complaints) const;
    void checkUnread(const QString &name, ConversationId conversation, const QList<Message> &server,
                     QStringList &complaints);
    void checkTyped(ConversationId conversation, const QList<Message> &server,
                    const std::map<QString, QList<Message>> &shown, bool mayWait, QStringList &complaints) const;
    void checkOrder(ConversationId conversation, const QList<Message> &server, QStringList &complaints) const;

    const QUrl m_server;
    std::map<QString, Device> m_devices;
    QHash<ClientId, Typed> m_typed;
    QList<ClientId> m_order; ///< In which they were typed.
    QHash<ClientId, ConversationId> m_acknowledged;
    std::vector<std::unique_ptr<client::TimelineModel>> m_watched;
};

} // namespace confab::test
