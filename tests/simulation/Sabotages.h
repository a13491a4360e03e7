// SPDX-License-Identifier: MIT
#pragma once

#include "tests/simulation/Simulation.h"

#include <QtCore/QSet>

namespace confab::simulation {

/// Events are published before their commit: what a crash undoes was told already.
class PublishBeforeCommit final : public Sabotage
{
public:
    std::unique_ptr<server::MessageStore> wrap(server::MessageStore &store, server::Database &database,
                                               std::unique_ptr<server::Bus> bus) override;
};

/// A socket's subscriptions take effect after its state was read: what is committed in between is told to nobody.
class SubscribeAfterRead final : public Sabotage
{
public:
    void touch(Bus &bus) override { bus.delaySubscriptions(400); }
};

/// The base of what changes a device's cursor when a message event comes.
class CursorSabotage : public Sabotage
{
public:
    void begin(Loop &loop, const QList<Device *> &devices) override;
    void incoming(int device, const QByteArray &frame, std::function<void()> deliver) override;

protected:
    /// \a message came as an event, for a conversation that is held up to \a cursor.
    virtual void messageComes(Device &device, const Message &message, Revision cursor,
                              std::function<void()> deliver) = 0;

    Loop *m_loop = nullptr;
    QList<Device *> m_devices;
};

/// The cursor is the newest event instead of the end of what is held without a gap.
class CursorIsNewestEvent final : public CursorSabotage
{
protected:
    void messageComes(Device &device, const Message &message, Revision cursor, std::function<void()> deliver) override;
};

/// The cursor is saved in a transaction of its own, a moment before the row that it vouches for.
class CursorBeforeRow final : public CursorSabotage
{
protected:
    void messageComes(Device &device, const Message &message, Revision cursor, std::function<void()> deliver) override;
};

/// What is sent again gets a new clientId.
class NewClientIdOnRetry final : public Sabotage
{
public:
    void begin(Loop &loop, const QList<Device *> &devices) override;
    QByteArray outgoing(int device, const QByteArray &frame) override;

private:
    QSet<ClientId> m_sent;
    quint32 m_made = 0;
};

} // namespace confab::simulation
