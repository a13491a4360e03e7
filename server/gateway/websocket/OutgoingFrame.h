// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Frames.h"

#include <QtCore/QByteArray>

namespace confab::server {

/// One frame for any number of sockets: encoded at most once a format, its bytes shared by all receivers.
class OutgoingFrame
{
public:
    /// \a cbor is a whole frame of the contract.
    explicit OutgoingFrame(QByteArray cbor) : m_cbor(std::move(cbor)) { }

    /// The WebSocket frame, head and payload, made at first use.
    const QByteArray &webSocketBytes(WireFormat format) const;

    qsizetype size() const { return m_cbor.size(); }

private:
    QByteArray m_cbor;
    mutable QByteArray m_binary;
    mutable QByteArray m_text;
};

} // namespace confab::server
