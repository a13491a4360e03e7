// SPDX-License-Identifier: MIT
#include "server/services/presence/TypingService.h"

namespace confab::server {

Task<Empty> TypingService::setTyping(Caller caller, SetTyping op)
{
    const Result<MemberAccess> access = co_await m_reader.access(caller.userId, op.conversationId);
    if (!access)
        co_return access.error();
    if (access->memberCount <= kSmallConversation)
        m_events.typing({op.conversationId, caller.userId, op.typing ? kShownMs : 0}, caller.sessionId);
    co_return Empty{};
}

} // namespace confab::server
