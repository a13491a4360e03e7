// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Types.h"

#include <QtCore/QHash>
#include <QtCore/QMap>
#include <QtCore/QSet>

namespace confab::simulation {

/// What became of one message by the will of people: everything that a device accepted to do.
struct Wished
{
    ConversationId conversationId;
    UserId senderId;
    int device = -1; ///< -1: of nobody's simulated device; it may have failed.
    QString text;
    QMap<int, QStringList> edits; ///< By the device that edited, in order.
    QSet<int> deletedBy;
    QSet<int> gaveUp; ///< Devices where a failed wish on it was discarded.

    bool wasWished(const QString &candidate) const
    {
        if (candidate == text)
            return true;
        for (const QStringList &texts : edits) {
            if (texts.contains(candidate))
                return true;
        }
        return false;
    }
};

/// What devices were told of a message by the server: true for ever.
struct Told
{
    ConversationId conversationId;
    MessageId id = 0;
    UserId senderId;
    ClientId clientId;
};

/// What people entrusted to their devices and what devices were told, to be compared with the server in the end.
struct Ledger
{
    QHash<ClientId, Wished> wishes;
    QHash<ClientId, Told> told;
    int deeds = 0;
    int faults = 0;
};

} // namespace confab::simulation
