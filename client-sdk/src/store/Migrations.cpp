// SPDX-License-Identifier: MIT
#include "client-sdk/src/store/Migrations.h"

#include <array>

namespace confab::client {

using namespace Qt::StringLiterals;

namespace {

void createTables(SqliteFile &file)
{
    for (const QString &statement : {
             u"CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"_s,
             // cursor: what is held without a gap up to there (holes aside). catch_up_*: where a catch-up of several
             // pages stands; base -1 means that none is under way. unread counts what stood at unread_at.
             u"CREATE TABLE conversations (id BLOB PRIMARY KEY, revision INTEGER NOT NULL, conversation BLOB NOT NULL,"
             " membership BLOB NOT NULL, account_revision INTEGER NOT NULL, visible_from INTEGER NOT NULL,"
             " read_up_to INTEGER NOT NULL, unread INTEGER NOT NULL, unread_at INTEGER NOT NULL,"
             " head INTEGER NOT NULL, cursor INTEGER NOT NULL DEFAULT 0, catch_up_after INTEGER NOT NULL DEFAULT 0,"
             " catch_up_base INTEGER NOT NULL DEFAULT -1, last_message BLOB NOT NULL) WITHOUT ROWID"_s,
             u"CREATE TABLE messages (conversation_id BLOB NOT NULL, id INTEGER NOT NULL, revision INTEGER NOT NULL,"
             " sender_id BLOB NOT NULL, client_id BLOB NOT NULL, created_at INTEGER NOT NULL,"
             " edited_at INTEGER NOT NULL, deleted INTEGER NOT NULL, text TEXT NOT NULL, reply_to INTEGER NOT NULL,"
             " PRIMARY KEY (conversation_id, id)) WITHOUT ROWID"_s,
             u"CREATE INDEX messages_by_client_id ON messages (conversation_id, client_id)"_s,
             u"CREATE TABLE holes (conversation_id BLOB NOT NULL, after INTEGER NOT NULL, before INTEGER NOT NULL,"
             " PRIMARY KEY (conversation_id, after)) WITHOUT ROWID"_s,
             u"CREATE TABLE members (conversation_id BLOB NOT NULL, user_id BLOB NOT NULL, role INTEGER NOT NULL,"
             " joined_at INTEGER NOT NULL, has_left INTEGER NOT NULL, revision INTEGER NOT NULL,"
             " PRIMARY KEY (conversation_id, user_id)) WITHOUT ROWID"_s,
             u"CREATE TABLE receipts (conversation_id BLOB NOT NULL, user_id BLOB NOT NULL,"
             " message_id INTEGER NOT NULL, PRIMARY KEY (conversation_id, user_id)) WITHOUT ROWID"_s,
             u"CREATE TABLE users (id BLOB PRIMARY KEY, handle TEXT NOT NULL, display_name TEXT NOT NULL,"
             " profile_version INTEGER NOT NULL, deactivated INTEGER NOT NULL) WITHOUT ROWID"_s,
             // kind: 0 send, 1 edit, 2 delete. state: 0 queued, 1 sending, 2 failed. attempted: it left this device
             // and may have arrived, so it can no longer be changed, only followed.
             u"CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id BLOB NOT NULL,"
             " kind INTEGER NOT NULL, client_id BLOB NOT NULL, message_id INTEGER NOT NULL, text TEXT NOT NULL,"
             " reply_to INTEGER NOT NULL, created_at INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,"
             " attempted INTEGER NOT NULL DEFAULT 0, error_code INTEGER NOT NULL DEFAULT 0,"
             " error_message TEXT NOT NULL DEFAULT '', error_field TEXT NOT NULL DEFAULT '')"_s,
             u"CREATE INDEX outbox_by_conversation ON outbox (conversation_id, seq)"_s,
             // Read positions on their way to the server; message_id 0: only the flag is to be set.
             u"CREATE TABLE read_marks (conversation_id BLOB PRIMARY KEY, message_id INTEGER NOT NULL,"
             " mark_unread INTEGER NOT NULL) WITHOUT ROWID"_s,
             u"CREATE TABLE drafts (conversation_id BLOB PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID"_s,
         })
        file.run(statement);
}

// Unread numbers are counted at every message, over all that lies above the read position: who only writes has much
// there. Both indexes hold all that is asked, so that no row with its text is read.
void indexUnread(SqliteFile &file)
{
    file.run(u"CREATE INDEX messages_live ON messages (conversation_id, id, sender_id, deleted)"
             " WHERE deleted = 0"_s);
    file.run(u"CREATE INDEX messages_deleted ON messages (conversation_id, id, revision, sender_id, deleted)"
             " WHERE deleted = 1"_s);
}

// Each step of the way to the server looks for single items, however many wait.
void indexOutbox(SqliteFile &file)
{
    file.run(u"CREATE INDEX outbox_by_client_id ON outbox (conversation_id, client_id)"_s);
    file.run(u"CREATE INDEX outbox_by_state ON outbox (conversation_id, state)"_s);
    file.run(u"CREATE INDEX outbox_changes ON outbox (conversation_id, message_id) WHERE kind <> 0"_s);
}

// How far others' devices are, and what this one has still to say that it holds.
void addDeliveries(SqliteFile &file)
{
    file.run(u"ALTER TABLE receipts ADD COLUMN delivered_up_to INTEGER NOT NULL DEFAULT 0"_s);
    file.run(u"CREATE TABLE delivery_marks (conversation_id BLOB PRIMARY KEY, message_id INTEGER NOT NULL)"
             " WITHOUT ROWID"_s);
}

constexpr std::array kMigrations{Migration{1, createTables}, Migration{2, indexUnread}, Migration{3, indexOutbox},
                                 Migration{4, addDeliveries}};

} // namespace

std::span<const Migration> migrations()
{
    return kMigrations;
}

Result<Done> migrate(SqliteFile &file, std::span<const Migration> steps)
{
    const int current = file.value(u"PRAGMA user_version"_s).toInt();
    if (!steps.empty() && current > steps.back().version) {
        return Error::conflict(u"profile"_s,
                               u"This profile was written by a newer version of the app. Update the app; the profile "
                               "is left as it is."_s);
    }
    for (const Migration &step : steps) {
        if (step.version <= current)
            continue;
        Result<Done> done = file.write(Durability::Flushed, [&] {
            step.apply(file);
            file.run(u"PRAGMA user_version=%1"_s.arg(step.version));
        });
        if (!done)
            return done;
    }
    return Done{};
}

} // namespace confab::client
