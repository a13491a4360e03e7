// SPDX-License-Identifier: MIT
#pragma once

#include "server/services/events/Envelope.h"
#include "shared/protocol/Frames.h"

#include <QtCore/QByteArray>

namespace confab::server {

/// One frame for any number of sockets: encoded at most once a format, its bytes shared by all receivers.
class OutgoingFrame
{
public:
    /// \a cbor is a whole frame of the contract; \a worth counts where it may have to be left out.
    explicit OutgoingFrame(QByteArray cbor, Worth worth = Worth::Kept) : m_cbor(std::move(cbor)), m_worth(worth) { }

    /// The WebSocket frame, head and payload, made at first use.
    const QByteArray &webSocketBytes(WireFormat format) const;

    qsizetype size() const { return m_cbor.size(); }
    Worth worth() const { return m_worth; }

private:
    QByteArray m_cbor;
    Worth m_worth;
    mutable QByteArray m_binary;
    mutable QByteArray m_text;
};

} // namespace confab::server
