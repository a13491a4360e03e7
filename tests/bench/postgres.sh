#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Durable sends of confabd on PostgreSQL, beside what pgbench does in the same tables on the same disk, one after the
# other: over as many connections as the server has for messages, and over one for each pair. Prints one line of JSON.
#
# usage: postgres.sh BIN_DIR [PAIRS] [SECONDS] [LEAST_RATIO]
#
# Ends with 1 where the database does not hold what was acknowledged, or where confabd makes less than LEAST_RATIO of
# pgbench's transactions over as many connections. It stops what it started and leaves nothing behind.
set -euo pipefail

bin=$1
pairs=${2:-64}
seconds=${3:-10}
least=${4:-0}
shards=2
connections=$((shards * 2)) # that append messages

programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)
folder=$(mktemp -d "${TMPDIR:-/tmp}/confab-bench-XXXXXX")
as_owner=()
if ((EUID == 0)); then
    as_owner=(setpriv --reuid postgres --regid postgres --clear-groups --)
    chown postgres "$folder"
fi
in_folder()
{
    (cd "$folder" && "${as_owner[@]}" "$@")
}
finish()
{
    in_folder "$programs/pg_ctl" stop --pgdata data --mode immediate --silent || true
    rm -rf "$folder"
}
trap finish EXIT

in_folder "$programs/initdb" --pgdata data --username confab --auth trust --encoding UTF8 --no-sync >/dev/null
# No port: a socket in the folder is found by nobody else.
in_folder "$programs/pg_ctl" start --pgdata data --log log --silent --wait \
    --options "-k '$folder' -c listen_addresses='' -c max_connections=100"
export PGHOST=$folder PGUSER=confab PGDATABASE=bench
createdb --maintenance-db postgres bench

result=$("$bin/confab-bench" --json --shards "$shards" --pairs "$pairs" --seconds "$seconds" \
    --database-url "postgresql:///bench?host=$folder&user=confab" pairs)
sends=$(sed -E 's/.*"sends":([0-9]+).*/\1/' <<<"$result")
rate=$(sed -E 's/.*"sendsPerSecond":([0-9]+).*/\1/' <<<"$result")
stored=$(psql --no-align --tuples-only --command 'SELECT count(*) FROM messages')
# When the time is over each pair may have one more under way.
if ((stored < sends || stored > sends + pairs)); then
    echo "postgres.sh: $sends were acknowledged and $stored are stored" >&2
    exit 1
fi

psql --quiet --command "CREATE TABLE couples AS SELECT row_number() OVER () AS n, conversation_id, sender_id FROM (
    SELECT DISTINCT ON (conversation_id) conversation_id, user_id AS sender_id FROM members) m;
    ALTER TABLE couples ADD PRIMARY KEY (n); ANALYZE"
# What an append does, for one message: lock the conversation, check the member, number and store the message.
cat >"$folder/append.sql" <<'SQL'
\set n random(1, :pairs)
BEGIN;
SELECT c.id FROM conversations c JOIN couples p ON p.conversation_id = c.id WHERE p.n = :n FOR UPDATE OF c;
WITH moved AS (
    UPDATE conversations c SET revision = c.revision + 1, active_at = 1 FROM couples p
    JOIN members m ON m.conversation_id = p.conversation_id AND m.user_id = p.sender_id AND m.has_left = 0
    WHERE p.n = :n AND c.id = p.conversation_id RETURNING c.id, c.revision, p.sender_id
) INSERT INTO messages (conversation_id, id, revision, sender_id, client_id, created_at, text)
SELECT id, revision, revision, sender_id, gen_random_uuid(), 1, 'A message between two, as long as people write them.'
FROM moved;
COMMIT;
SQL
# transactions_by CLIENTS: how many of those pgbench commits a second.
transactions_by()
{
    "$programs/pgbench" --no-vacuum --protocol prepared --client "$1" --time "$seconds" --define "pairs=$pairs" \
        --file "$folder/append.sql" 2>/dev/null | sed -nE 's/^tps = ([0-9]+).*/\1/p'
}
same=$(transactions_by "$connections")
each=$(transactions_by "$pairs")
printf '{"pairs":%d,"connections":%d,"sendsPerSecond":%d,"pgbenchPerSecond":%d,"pgbenchOfEachPairPerSecond":%d}\n' \
    "$pairs" "$connections" "$rate" "$same" "$each"
awk "BEGIN { exit !($rate >= $least * $same) }"
