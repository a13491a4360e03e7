// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Types.h"
#include "tests/simulation/Files.h"
#include "tests/simulation/Loop.h"

#include <QtCore/QList>

namespace confab::simulation {

/// A device of a person, signed in once and for all.
struct SignedInDevice
{
    int person = 0;
    SessionId sessionId;
    QByteArray token;
    QString profile; ///< A profile folder to start from.
};

/// The people, devices and conversations that every simulation begins with, made once and then copied.
class Population
{
public:
    static constexpr int kPeople = 4; ///< The last one begins in no group.
    static constexpr int kDevices = 6;
    static constexpr int kConversations = 4;

    Population(Loop &loop, ScratchFolder &folder);

    QList<User> people;
    QList<SignedInDevice> devices;
    QList<ConversationId>
        conversations; ///< Direct of 0 and 1; a group of 0, 1, 2; one that hides its history; 0 and 3.
    QString serverDirectory;

private:
    void makeServer();
    void makeProfiles();

    Loop &m_loop;
    VirtualClock m_clock;
};

} // namespace confab::simulation
