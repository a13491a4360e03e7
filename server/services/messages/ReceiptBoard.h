// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/messages/EventPublisher.h"

#include <QtCore/QHash>
#include <QtCore/QTimer>

namespace confab::server {

/// Gathers how far people have come, and tells each conversation of it at most once in an interval: a hundred people
/// who read the same message at once cost its members one event instead of a hundred.
///
/// What is noted after a quiet interval is told at once. Nothing is kept: what is lost with a crash the next `hello`
/// reads from the store. Belongs to one shard.
class ReceiptBoard
{
public:
    /// The bus outlives it.
    explicit ReceiptBoard(Bus &bus, int intervalMs = 1000);
    Q_DISABLE_COPY_MOVE(ReceiptBoard)

    /// Positions only grow: of two for one person the greater of each counts.
    void note(const Receipt &receipt);

private:
    void tell();

    EventPublisher m_events;
    QHash<ConversationId, QHash<UserId, Receipt>> m_gathered;
    QTimer m_interval;
};

} // namespace confab::server
