// SPDX-License-Identifier: MIT
#include "tests/simulation/Population.h"

#include "client-sdk/src/secrets/MemorySecretStore.h"
#include "client-sdk/src/secrets/SessionKeeper.h"
#include "server/backends/database/sqlite/SqliteDatabase.h"
#include "server/backends/database/sqlite/SqliteMessageStore.h"
#include "server/services/auth/TokenMint.h"
#include "server/services/messages/ConversationService.h"
#include "tests/simulation/Bus.h"
#include "tests/support/Await.h"

namespace confab::simulation {

using namespace Qt::StringLiterals;

namespace {

constexpr const char *kNames[Population::kPeople] = {"ada", "ben", "cleo", "dan"};
constexpr int kOwners[Population::kDevices] = {0, 1, 0, 2, 1, 3};

template<typename T>
T expect(Result<T> result, const char *what)
{
    if (!result)
        qFatal("%s: %ls", what, qUtf16Printable(result.error().message));
    return *std::move(result);
}

} // namespace

Population::Population(Loop &loop, ScratchFolder &folder) : m_loop(loop), m_clock(loop)
{
    const IdGenerator ids(m_clock);
    for (const char *name : kNames) {
        User user;
        user.id = ids.make<UserId>();
        user.handle = QString::fromLatin1(name);
        user.displayName = user.handle;
        user.profileVersion = 1;
        people.append(user);
    }
    for (int i = 0; i < kDevices; ++i) {
        SignedInDevice device;
        device.person = kOwners[i];
        device.sessionId = ids.make<SessionId>();
        device.token = QByteArray("cft_").append(43, static_cast<char>('A' + i));
        device.profile = folder.fresh(u"profile"_s);
        devices.append(device);
    }
    serverDirectory = folder.fresh(u"server"_s);
    makeServer();
    makeProfiles();
}

void Population::makeServer()
{
    const IdGenerator ids(m_clock);
    server::SqliteDatabase::Options options;
    options.dataDir = serverDirectory;
    options.runner = [this](std::function<void()> work) { m_loop.after(0, std::move(work)); };
    server::OpenFailure failure;
    const auto database = server::SqliteDatabase::open(options, ids, &failure);
    if (!database)
        qFatal("the first store: %ls", qUtf16Printable(failure.message));
    server::Batch batch;
    for (const User &user : std::as_const(people)) {
        batch.append({"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, created_at) "
                      "VALUES (?, ?, ?, ?, '', ?)",
                      {user.id, user.handle, user.handle, user.displayName, m_clock.utcMs()},
                      1});
    }
    for (const SignedInDevice &device : std::as_const(devices)) {
        batch.append({"INSERT INTO sessions (id, user_id, token_hash, device_name, created_at, last_seen_at) "
                      "VALUES (?, ?, ?, 'simulated', ?, ?)",
                      {device.sessionId, people.at(device.person).id,
                       *server::tokenHash(QString::fromLatin1(device.token)), m_clock.utcMs(), m_clock.utcMs()},
                      1});
    }
    expect(test::await(database->commit(batch)), "people");

    server::SqliteMessageStore messages(*database);
    Bus bus(m_loop, BusWeather::Ordered, 0);
    const std::unique_ptr<server::Bus> endpoint = bus.makeEndpoint();
    const Limits limits;
    server::ConversationService service({*database, messages, *endpoint, m_clock, ids, limits});
    const auto create = [&](int owner, Conversation::Kind kind, const QList<int> &members, bool hidesHistory) {
        server::Caller caller;
        caller.userId = people.at(owner).id;
        CreateConversation op;
        op.clientId = ids.make<ClientId>();
        op.kind = kind;
        for (const int member : members)
            op.memberIds.append(people.at(member).id);
        if (kind == Conversation::Kind::Group) {
            op.title = u"Group"_s;
            op.hideHistory = hidesHistory;
        }
        conversations.append(expect(test::await(service.create(caller, op)), "a conversation").id);
    };
    create(0, Conversation::Kind::Direct, {1}, false);
    create(0, Conversation::Kind::Group, {1, 2}, false);
    create(1, Conversation::Kind::Group, {0, 2}, true);
    create(0, Conversation::Kind::Direct, {3}, false);
}

void Population::makeProfiles()
{
    for (const SignedInDevice &device : std::as_const(devices)) {
        client::LocalStore store;
        expect(store.open(device.profile), "a profile");
        client::SessionKeeper keeper(
            store, [](client::SecretPolicy) { return std::make_unique<client::MemorySecretStore>(); },
            client::SecretPolicy::PlainFile);
        expect(store.write(client::Durability::Flushed, [&] { store.setMe(people.at(device.person)); }), "a profile");
        keeper.keep(device.token, [](client::SecretOutcome) {});
    }
}

} // namespace confab::simulation
