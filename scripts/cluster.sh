# SPDX-License-Identifier: MIT
# ./dev cluster: PostgreSQL, Redis, several nodes and HAProxy in front of them, all on this machine's loopback address.

cluster_pids=()
cluster_signals=()

# take_port: sets taken_port. Each is given once, so that two that start together do not get the same.
next_port=18500
take_port()
{
    while port_taken "$next_port"; do
        next_port=$((next_port + 1))
        ((next_port < 19500)) || die "the ports 18500 to 19499 are all taken"
    done
    taken_port=$next_port
    next_port=$((next_port + 1))
}

# PostgreSQL refuses to run as root; then its package's own user runs it.
as_owner=()
((EUID != 0)) || as_owner=(setpriv --reuid postgres --regid postgres --clear-groups --)

# cluster_start <name> <signal that ends it> <program…>: in the background, logging to a file of its name. No function:
# the signal would reach its shell and not the program.
cluster_start()
{
    local name=$1 signal=$2
    shift 2
    "$@" </dev/null >>"$cluster_dir/$name.log" 2>&1 &
    cluster_pids+=($!)
    cluster_signals+=("$signal")
}

# cluster_wait <name> <pid> <command…>: until the command succeeds, or the program ended instead.
cluster_wait()
{
    local name=$1 pid=$2 tries=0
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! kill -0 "$pid" 2>/dev/null || ((++tries > 600)); then
            tail -n 40 "$cluster_dir/$name.log" >&2
            die "$name does not start; the lines above are its log"
        fi
        sleep 0.1
    done
}

# What answers people goes first, and what it needs last. Nobody is left behind.
cluster_stop()
{
    local i
    for ((i = ${#cluster_pids[@]} - 1; i >= 0; --i)); do
        kill -"${cluster_signals[i]}" "${cluster_pids[i]}" 2>/dev/null || true
        wait "${cluster_pids[i]}" 2>/dev/null || true
    done
    cluster_pids=()
    [[ $cluster_keep == yes ]] || rm -rf "$cluster_dir"
}

cluster_postgres()
{
    local bin data=$cluster_dir/postgres
    bin=$(find /usr/lib/postgresql -maxdepth 3 -name initdb -printf '%h\n' | sort -V | tail -n 1)
    [[ -n $bin ]] || die "PostgreSQL's programs are not below /usr/lib/postgresql"
    if [[ ! -e $data/PG_VERSION ]]; then
        mkdir -p "$data"
        ((EUID != 0)) || chown postgres: "$data"
        "${as_owner[@]}" "$bin/initdb" --pgdata "$data" --username confab --auth trust --encoding UTF8 --locale C.UTF-8 \
            >>"$cluster_dir/postgres.log" 2>&1 || die "initdb failed: $cluster_dir/postgres.log"
    fi
    take_port && postgres_port=$taken_port
    # SIGINT is its fast shutdown; SIGTERM would wait for whoever is connected.
    cluster_start postgres INT "${as_owner[@]}" "$bin/postgres" -D "$data" -p "$postgres_port" -k "$data" \
        -c listen_addresses=127.0.0.1 -c max_connections=200
    local server=(-h 127.0.0.1 -p "$postgres_port" -U confab)
    cluster_wait postgres "${cluster_pids[-1]}" "$bin/pg_isready" "${server[@]}"
    "$bin/psql" "${server[@]}" -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = 'confab'" | grep -q 1 ||
        "$bin/createdb" "${server[@]}" --encoding UTF8 confab
}

cluster_redis()
{
    take_port && redis_port=$taken_port
    cluster_start redis TERM redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$cluster_dir"
    cluster_wait redis "${cluster_pids[-1]}" redis-cli -p "$redis_port" ping
}

# cluster_node <number>
cluster_node()
{
    local number=$1 port
    take_port && port=$taken_port
    cluster_start "node$number" TERM "$cluster_bin/confabd" --listen "127.0.0.1:$port" --data-dir "$cluster_dir/node$number" \
        --database-url "postgresql://confab@127.0.0.1:$postgres_port/confab" --redis-url "redis://127.0.0.1:$redis_port" \
        --trusted-proxies 127.0.0.1/32 --registration open
    cluster_wait "node$number" "${cluster_pids[-1]}" server_answers "$port"
    node_ports+=("$port")
}

cluster_balancer()
{
    take_port && balancer_port=$taken_port
    # As many connections as the descriptors of an ordinary login allow.
    haproxy_configuration --bind "127.0.0.1:$balancer_port" --connections 400 --check 500ms \
        "${node_ports[@]/#/127.0.0.1:}" >"$cluster_dir/haproxy.cfg" || die "packaging/proxies/haproxy.cfg is not as expected"
    cluster_start haproxy TERM haproxy -db -f "$cluster_dir/haproxy.cfg"
    cluster_wait haproxy "${cluster_pids[-1]}" server_answers "$balancer_port"
}

cmd_cluster()
{
    local nodes=2 i
    cluster_dir="" cluster_keep=no cluster_bin="" node_ports=()
    while (($#)); do
        case $1 in
        --nodes) nodes=${2:?--nodes needs a number} && shift 2 ;;
        --dir) cluster_dir=${2:?--dir needs a folder} && cluster_keep=yes && shift 2 ;;
        --bin) cluster_bin=${2:?--bin needs a folder} && shift 2 ;;
        *) die "cluster does not know $1" ;;
        esac
    done
    [[ $nodes =~ ^[1-9][0-9]?$ ]] || die "--nodes is a number from 1 to 99"
    ensure_packages "${run_packages[@]}" "${test_packages[@]}"
    if [[ -z $cluster_bin ]]; then
        ensure_packages "${build_packages[@]}"
        build release confabd
        cluster_bin=build/release/bin
    fi
    [[ -n $cluster_dir ]] || cluster_dir=$(mktemp -d)
    mkdir -p "$cluster_dir"
    cluster_dir=$(readlink -f "$cluster_dir")
    chmod 755 "$cluster_dir"
    trap cluster_stop EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 0' TERM
    cluster_postgres
    cluster_redis
    for ((i = 1; i <= nodes; ++i)); do
        cluster_node "$i"
    done
    cluster_balancer
    say "PostgreSQL  postgresql://confab@127.0.0.1:$postgres_port/confab"
    say "Redis       redis://127.0.0.1:$redis_port"
    for i in "${!node_ports[@]}"; do
        say "node $((i + 1))      http://127.0.0.1:${node_ports[i]}"
    done
    say "balancer    http://127.0.0.1:$balancer_port"
    say "Logs are in $cluster_dir. Ctrl-C stops everything."
    # One that ends by itself is no cluster any more.
    wait -n "${cluster_pids[@]}" || true
    die "one of them ended; see the logs in $cluster_dir"
}
