// SPDX-License-Identifier: MIT
// Every public header, compiled from where it is installed.
#include <Confab/Action.h>
#include <Confab/Client.h>
#include <Confab/ConversationListModel.h>
#include <Confab/Export.h>
#include <Confab/MemberListModel.h>
#include <Confab/PersonPresence.h>
#include <Confab/SecretStore.h>
#include <Confab/SessionListModel.h>
#include <Confab/TimelineModel.h>
#include <Confab/Types.h>
#include <Confab/UserSearchModel.h>
#include <Confab/WhenDone.h>

#include "shared/core/Clock.h"

using namespace confab;
using namespace confab::client;

/// Uses what the headers declare beside classes, so that it must be exported. Never called.
void useEverything()
{
    registerTypes();
    const SystemClock clock;
    const auto id = IdGenerator(clock).make<ConversationId>();
    const std::optional<ConversationId> same = ConversationId::fromString(id.toString());
    Action *action = Action::failing(Error::notFound({}));
    action->fail({errorCodeFromWireName(QString(errorTraits(errorCodeFromHttpStatus(404)).wireName)), {}, {}, 0});
    const QMetaObject *metaObjects[] = {&User::staticMetaObject,
                                        &Session::staticMetaObject,
                                        &Conversation::staticMetaObject,
                                        &Member::staticMetaObject,
                                        &MessageContent::staticMetaObject,
                                        &Message::staticMetaObject,
                                        &Membership::staticMetaObject,
                                        &ConversationEntry::staticMetaObject,
                                        &Receipts::staticMetaObject,
                                        &AccountChange::staticMetaObject,
                                        &Typing::staticMetaObject,
                                        &Cursor::staticMetaObject,
                                        &Hole::staticMetaObject,
                                        &ProfileVersion::staticMetaObject,
                                        &Limits::staticMetaObject,
                                        &ServerInfo::staticMetaObject,
                                        &Presence::staticMetaObject,
                                        &OwnPresence::staticMetaObject,
                                        &PresenceChanges::staticMetaObject,
                                        &confab::staticMetaObject};
    Q_UNUSED(same)
    Q_UNUSED(metaObjects)
    ConversationListModel list;
    TimelineModel timeline;
    MemberListModel members;
    UserSearchModel search;
    SessionListModel sessions;
    PersonPresence presence;
}
