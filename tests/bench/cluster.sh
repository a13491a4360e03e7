#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From one node to another: how long messages take that are due at even moments, of senders at the first and for receivers
# at the second of two nodes on a PostgreSQL and a Redis of their own. Prints one line of JSON.
#
# usage: cluster.sh BIN_DIR [RATE] [SECONDS] [PAIRS]
#
# Ends with 1 where a message did not arrive, is not stored, or did not go through Redis. It stops what it started and
# leaves nothing behind.
set -euo pipefail

bin=$1
rate=${2:-1000}
seconds=${3:-20}
pairs=${4:-500}

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
redis=
finish()
{
    [[ -z $redis ]] || kill "$redis" 2>/dev/null || true
    in_folder "$programs/pg_ctl" stop --pgdata data --mode immediate --silent || true
    rm -rf "$folder"
}
trap finish EXIT

in_folder "$programs/initdb" --pgdata data --username confab --auth trust --encoding UTF8 --no-sync >/dev/null
# No ports: sockets in the folder are found by nobody else.
in_folder "$programs/pg_ctl" start --pgdata data --log log --silent --wait \
    --options "-k '$folder' -c listen_addresses='' -c max_connections=100"
redis-server --port 0 --unixsocket "$folder/redis.sock" --save '' --appendonly no --dir "$folder" >"$folder/redis.log" &
redis=$!
until [[ $(redis-cli -s "$folder/redis.sock" ping 2>/dev/null) == PONG ]]; do
    kill -0 "$redis"
    sleep 0.1
done
export PGHOST=$folder PGUSER=confab PGDATABASE=bench
createdb --maintenance-db postgres bench

read -r load _ </proc/loadavg
result=$("$bin/confab-bench" --json --nodes 2 --shards 1 --rate "$rate" --seconds "$seconds" --pairs "$pairs" \
    --database-url "postgresql:///bench?host=$folder&user=confab" --redis-url "unix://$folder/redis.sock" latency)
stored=$(psql --no-align --tuples-only --command "SELECT count(*) FROM messages WHERE text NOT LIKE 'Message -1 %'")
published=$(redis-cli -s "$folder/redis.sock" info commandstats | sed -nE 's/^cmdstat_publish:calls=([0-9]+).*/\1/p')
if ((stored != rate * seconds || published < stored)); then
    echo "cluster.sh: $((rate * seconds)) were sent, $stored are stored, $published went through Redis" >&2
    exit 1
fi
printf '%s,"loadAverageBefore":%s}\n' "${result%\}}" "$load"
