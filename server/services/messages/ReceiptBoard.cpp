// SPDX-License-Identifier: MIT
#include "server/services/messages/ReceiptBoard.h"

namespace confab::server {

ReceiptBoard::ReceiptBoard(Bus &bus, int intervalMs) : m_events(bus)
{
    m_interval.setInterval(intervalMs);
    m_interval.callOnTimeout([this] {
        if (m_gathered.isEmpty())
            m_interval.stop();
        else
            tell();
    });
}

void ReceiptBoard::note(const Receipt &receipt)
{
    Receipt &kept = m_gathered[receipt.conversationId][receipt.userId];
    kept = {receipt.conversationId, receipt.userId, std::max(kept.deliveredUpTo, receipt.deliveredUpTo),
            std::max(kept.readUpTo, receipt.readUpTo)};
    if (m_interval.isActive())
        return;
    tell();
    m_interval.start();
}

void ReceiptBoard::tell()
{
    const auto gathered = std::exchange(m_gathered, {});
    for (auto each = gathered.cbegin(); each != gathered.cend(); ++each)
        m_events.receipts(each.key(), each->values());
}

} // namespace confab::server
