# SPDX-License-Identifier: MIT
# ./dev run: a server with its defaults, two accounts on it, and the app or what takes its place.

server_pid=

# Says whether something accepts connections on this port of the loopback address.
port_taken()
{
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Says whether a Confab server answers on this port.
server_answers()
{
    (
        exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
        printf 'GET /v1/server HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$1" >&3
        IFS= read -r -t 5 status <&3 && [[ $status == "HTTP/1.1 200"* ]]
    ) 2>/dev/null
}

stop_server()
{
    [[ -n $server_pid ]] || return 0
    ! kill -0 "$server_pid" 2>/dev/null || say "Stopping the server."
    kill -TERM "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
    rm -f "$1"
    server_pid=
}

# start_server <data dir>: sets server_url. A server that an earlier ./dev run started on the same data is used again
# and left running; a port taken by anything else is passed over.
start_server()
{
    local data_dir=$1 note=$1/dev-run port=8484 pid tries=0
    if read -r pid port 2>/dev/null <"$note" && kill -0 "$pid" 2>/dev/null && server_answers "$port"; then
        server_url=http://127.0.0.1:$port
        say "The server of another ./dev run is used: $server_url"
        return
    fi
    port=8484
    while port_taken "$port"; do
        ((port < 8584)) || die "the ports 8484 to 8584 are all taken"
        port=$((port + 1))
    done
    ((port == 8484)) || say "Port 8484 is taken by another program; this run uses $port."
    build/release/bin/confabd --data-dir "$data_dir" --listen "127.0.0.1:$port" </dev/null >"$data_dir/confabd.log" 2>&1 &
    server_pid=$!
    trap 'stop_server "'"$note"'"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    until server_answers "$port"; do
        if ! kill -0 "$server_pid" 2>/dev/null || ((++tries > 300)); then
            cat "$data_dir/confabd.log" >&2
            die "the server did not start; the lines above are its log"
        fi
        sleep 0.1
    done
    printf '%s %s\n' "$server_pid" "$port" >"$note"
    server_url=http://127.0.0.1:$port
    say "The server listens on $server_url, keeps its data in $data_dir, and logs to $data_dir/confabd.log"
}

cmd_run()
{
    local home data_dir server_url
    home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
    data_dir=${XDG_DATA_HOME:-$home/.local/share}/confabd
    while (($#)); do
        case $1 in
        --data-dir) data_dir=${2:?--data-dir needs a folder} && shift 2 ;;
        --data-dir=*) data_dir=${1#*=} && shift ;;
        *) die "run does not know $1" ;;
        esac
    done
    ensure_packages "${build_packages[@]}" "${run_packages[@]}"
    build release confabd confab-demo confab confab-terminal
    mkdir -p "$data_dir"
    chmod 700 "$data_dir"
    data_dir=$(readlink -f "$data_dir")
    start_server "$data_dir"
    local sign_in=$data_dir/dev-sign-in.json
    # Seeding again completes what an interrupted first start began.
    if [[ ! -e $data_dir/dev-seeded ]]; then
        build/release/bin/confab-demo seed --server "$server_url" --sign-in-file "$sign_in"
        touch "$data_dir/dev-seeded"
    else
        say "The two accounts and their passwords are in $sign_in"
    fi
    if [[ -n ${WAYLAND_DISPLAY:-}${DISPLAY:-} ]]; then
        build/release/bin/confab --sign-in-file "$sign_in" --server "$server_url"
    elif [[ -t 0 && -t 1 ]]; then
        say "There is no display here, so this is the terminal client."
        build/release/bin/confab-terminal --sign-in-file "$sign_in" --server "$server_url"
    else
        say "There is neither a display nor a terminal here, so the two accounts talk by themselves."
        build/release/bin/confab-demo talk --sign-in-file "$sign_in" --server "$server_url"
    fi
}
