// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Frames.h"

#include <QtCore/QByteArray>

namespace confab::server {

/// One frame for any number of sockets: encoded at most once a format, its bytes shared by all receivers.
class OutgoingFrame
{
public:
    /// \a cbor is a whole frame of the contract. An ephemeral one may be left out for a slow reader.
    explicit OutgoingFrame(QByteArray cbor, bool ephemeral = false)
        : m_cbor(std::move(cbor)), m_ephemeral(ephemeral) { }

    /// The WebSocket frame, head and payload, made at first use.
    const QByteArray &webSocketBytes(WireFormat format) const;

    qsizetype size() const { return m_cbor.size(); }
    bool isEphemeral() const { return m_ephemeral; }

private:
    QByteArray m_cbor;
    bool m_ephemeral;
    mutable QByteArray m_binary;
    mutable QByteArray m_text;
};

} // namespace confab::server
