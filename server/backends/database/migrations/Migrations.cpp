// SPDX-License-Identifier: MIT
#include "server/backends/database/migrations/Migrations.h"

namespace confab::server {
namespace {

// Numbers of enums are those of the protocol's enumerators: kinds 1 direct, 2 group, 3 channel; roles 1 member,
// 2 admin, 3 owner. Times are UTC milliseconds, 0 where there is none. Flags are 0 or 1.
const QList<QByteArray> kFirstSchema = {
    // account_revision counts the changes of what is private to this person (section 5 of the sync model).
    // handle_skeleton is what all handles that look alike share.
    R"(CREATE TABLE users (
        id uuid NOT NULL PRIMARY KEY,
        handle text NOT NULL UNIQUE,
        handle_skeleton text NOT NULL UNIQUE,
        display_name text NOT NULL,
        password_hash text NOT NULL,
        profile_version bigint NOT NULL DEFAULT 1,
        account_revision bigint NOT NULL DEFAULT 0,
        deactivated bigint NOT NULL DEFAULT 0,
        created_at bigint NOT NULL
    ) {clustered})",

    // What a person is found by: the handle and each word of the name, folded.
    R"(CREATE TABLE user_terms (
        term text NOT NULL,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        PRIMARY KEY (term, user_id)
    ) {clustered})",
    "CREATE INDEX user_terms_of_user ON user_terms (user_id)",

    R"(CREATE TABLE sessions (
        id uuid NOT NULL PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        token_hash bytea NOT NULL UNIQUE,
        device_name text NOT NULL,
        created_at bigint NOT NULL,
        last_seen_at bigint NOT NULL,
        expires_at bigint NOT NULL DEFAULT 0
    ) {clustered})",
    "CREATE INDEX sessions_of_user ON sessions (user_id)",

    // Client ids that were used, claimed before the work in the same transaction: `purpose` is the operation's name,
    // `scope` who used it (the nil id before there is an account), `subject` what was made.
    R"(CREATE TABLE claims (
        purpose text NOT NULL,
        scope uuid NOT NULL,
        client_id uuid NOT NULL,
        subject uuid NOT NULL,
        created_at bigint NOT NULL,
        PRIMARY KEY (purpose, scope, client_id)
    ) {clustered})",

    // revision is the conversation's head, row_revision the one at which this row itself last changed.
    R"(CREATE TABLE conversations (
        id uuid NOT NULL PRIMARY KEY,
        kind bigint NOT NULL,
        title text NOT NULL,
        creator_id uuid NOT NULL REFERENCES users (id),
        created_at bigint NOT NULL,
        active_at bigint NOT NULL,
        member_count bigint NOT NULL DEFAULT 0,
        hide_history bigint NOT NULL DEFAULT 0,
        revision bigint NOT NULL DEFAULT 0,
        row_revision bigint NOT NULL DEFAULT 0
    ) {clustered})",

    // The one direct conversation of each pair; low_id ≤ high_id, equal for notes to self.
    R"(CREATE TABLE direct_pairs (
        low_id uuid NOT NULL REFERENCES users (id),
        high_id uuid NOT NULL REFERENCES users (id),
        conversation_id uuid NOT NULL UNIQUE,
        PRIMARY KEY (low_id, high_id)
    ) {clustered})",

    // One row for each person who ever was a member. revision numbers what all members see of it, account_revision
    // what is private (visible_from, read_up_to, marked_unread, and that the row is there).
    R"(CREATE TABLE members (
        conversation_id uuid NOT NULL REFERENCES conversations (id),
        user_id uuid NOT NULL REFERENCES users (id),
        role bigint NOT NULL,
        joined_at bigint NOT NULL,
        has_left bigint NOT NULL DEFAULT 0,
        revision bigint NOT NULL,
        visible_from bigint NOT NULL DEFAULT 0,
        read_up_to bigint NOT NULL DEFAULT 0,
        marked_unread bigint NOT NULL DEFAULT 0,
        account_revision bigint NOT NULL,
        PRIMARY KEY (conversation_id, user_id)
    ) {clustered})",
    "CREATE INDEX members_by_account_revision ON members (user_id, account_revision)",
    "CREATE INDEX members_by_revision ON members (conversation_id, revision)",

    // changed is 1 where revision > id: the partial index serves "which older messages changed after r".
    R"(CREATE TABLE messages (
        conversation_id uuid NOT NULL REFERENCES conversations (id),
        id bigint NOT NULL,
        revision bigint NOT NULL,
        sender_id uuid NOT NULL REFERENCES users (id),
        client_id uuid NOT NULL,
        created_at bigint NOT NULL,
        edited_at bigint NOT NULL DEFAULT 0,
        deleted bigint NOT NULL DEFAULT 0,
        changed bigint NOT NULL DEFAULT 0,
        reply_to bigint NOT NULL DEFAULT 0,
        text text NOT NULL,
        PRIMARY KEY (conversation_id, id)
    ) {clustered})",
    "CREATE UNIQUE INDEX messages_by_client_id ON messages (conversation_id, sender_id, client_id)",
    "CREATE INDEX messages_changed ON messages (conversation_id, revision) WHERE changed = 1",
};

const QList<QByteArray> kAccountEnds = {
    // A deleted account is deactivated, too; its row keeps the handle taken.
    "ALTER TABLE users ADD COLUMN deactivated_at bigint NOT NULL DEFAULT 0",
    "ALTER TABLE users ADD COLUMN deleted_at bigint NOT NULL DEFAULT 0",
    // expires_at moves on while the session is used, but never past ends_at.
    "ALTER TABLE sessions ADD COLUMN ends_at bigint NOT NULL DEFAULT 0",
    // People whom an app's own backend vouches for, by what the backend calls them.
    R"(CREATE TABLE external_accounts (
        external_id text NOT NULL PRIMARY KEY,
        user_id uuid NOT NULL UNIQUE REFERENCES users (id)
    ) {clustered})",
};

const QList<QByteArray> kAdministration = {
    // 1: an administrator of the server.
    "ALTER TABLE users ADD COLUMN role bigint NOT NULL DEFAULT 0",

    // created_by is the nil id for confabctl on the files of a stopped server.
    R"(CREATE TABLE invites (
        id uuid NOT NULL PRIMARY KEY,
        code_hash bytea NOT NULL UNIQUE,
        note text NOT NULL,
        created_by uuid NOT NULL,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL DEFAULT 0,
        max_uses bigint NOT NULL,
        uses_left bigint NOT NULL
    ) {clustered})",

    // What administrators did, in the order of the ids. Names are copied, so that an entry outlives what it names.
    R"(CREATE TABLE audit_log (
        id bigint NOT NULL PRIMARY KEY,
        at bigint NOT NULL,
        actor_id uuid NOT NULL,
        actor text NOT NULL,
        address text NOT NULL,
        action text NOT NULL,
        target text NOT NULL,
        detail text NOT NULL
    ) {clustered})",
};

const QList<QByteArray> kSmallDottedI = {
    // Folding made İ a capital I, and no other character any capital; now it makes a small one of it. What was is kept
    // for the release before.
    R"(INSERT INTO user_terms (term, user_id)
        SELECT replace(term, 'I', 'i'), user_id FROM user_terms WHERE replace(term, 'I', 'i') <> term
        ON CONFLICT DO NOTHING)",
};

const QList<QByteArray> kDeliveries = {
    // What a device of theirs holds; what was read was delivered, too.
    "ALTER TABLE members ADD COLUMN delivered_up_to bigint NOT NULL DEFAULT 0",
};

const QList<QByteArray> kPresence = {
    // What people say of themselves, and when they were last here. Whoever has no row says nothing.
    R"(CREATE TABLE user_presence (
        user_id uuid NOT NULL PRIMARY KEY REFERENCES users (id),
        last_seen_at bigint NOT NULL DEFAULT 0,
        hides_last_seen bigint NOT NULL DEFAULT 0,
        status_text text NOT NULL DEFAULT '',
        status_expires_at bigint NOT NULL DEFAULT 0
    ) {clustered})",
};

} // namespace

const QList<Migration> &migrations()
{
    static const QList<Migration> all = {
        {1, kFirstSchema}, {2, kAccountEnds}, {3, kAdministration}, {4, kSmallDottedI}, {5, kDeliveries}, {6, kPresence},
    };
    return all;
}

} // namespace confab::server
