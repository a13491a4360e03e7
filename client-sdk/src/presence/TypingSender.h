// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/presence/TypingTimings.h"

#include <QtCore/QTimer>

#include <optional>

namespace confab::client {

/// Tells the server that this person types: every few seconds at most, and once that they stopped. Never stored, and
/// never said again where it was lost.
class TypingSender : public QObject
{
public:
    TypingSender(Connection &connection, const Clock &clock, const TypingTimings &timings, QObject *parent = nullptr);

    /// A person types in one conversation at a time: beginning in another ends the one before.
    void setTyping(ConversationId id, bool typing);
    /// A message says by itself that nobody types it any more.
    void messageSent(ConversationId id);
    void connectionLost();

private:
    void say(ConversationId id, bool typing);
    void stop();

    Connection &m_connection;
    const Clock &m_clock;
    const TypingTimings m_timings;
    ConversationId m_current;         ///< Where the server was told that the person types; null: nowhere.
    ConversationId m_last;            ///< Where it was told last,
    std::optional<qint64> m_toldAtMs; ///< and when, by the monotonic clock.
    QTimer m_pause;
};

} // namespace confab::client
