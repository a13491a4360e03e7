// SPDX-License-Identifier: MIT
#include "server/gateway/websocket/OutgoingFrame.h"

#include "server/gateway/websocket/FrameReader.h"

namespace confab::server {

const QByteArray &OutgoingFrame::webSocketBytes(WireFormat format) const
{
    if (format == WireFormat::Cbor) {
        if (m_binary.isEmpty())
            m_binary = frameHead(Opcode::Binary, m_cbor.size()) + m_cbor;
        return m_binary;
    }
    if (m_text.isEmpty()) {
        const QByteArray json = cborToJson(m_cbor);
        m_text = frameHead(Opcode::Text, json.size()) + json;
    }
    return m_text;
}

} // namespace confab::server
