// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/presence/TypingTimings.h"
#include "client-sdk/src/store/LocalStore.h"
#include "shared/core/Clock.h"

#include <QtCore/QTimer>

namespace confab::client {

/// Who types where at this moment. Everybody goes by themselves, by this device's clock, whatever the server says or
/// leaves out.
class TypingPeople : public QObject
{
    Q_OBJECT

public:
    TypingPeople(LocalStore &store, const Clock &clock, const TypingTimings &timings, QObject *parent = nullptr);

    void take(const Typing &typing);
    void messageCame(const Message &message);
    /// Nothing is known any more.
    void clear();

Q_SIGNALS:
    /// All who type there now, the one who began first in front. Profiles are empty but for the id where none is known.
    void changed(confab::ConversationId conversationId, const QList<confab::User> &people);

private:
    struct Writer
    {
        UserId userId;
        qint64 untilMs;
    };

    void remove(ConversationId conversationId, UserId userId);
    void expire();
    void schedule();
    void tell(ConversationId conversationId);

    LocalStore &m_store;
    const Clock &m_clock;
    const TypingTimings m_timings;
    QHash<ConversationId, QList<Writer>> m_writers;
    QTimer m_timer;
};

} // namespace confab::client
