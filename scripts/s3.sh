# SPDX-License-Identifier: MIT
# ./dev s3: a real S3 on this machine's loopback address, which is Ceph's gateway with one monitor and one store behind
# it. Who starts it reads KEY=VALUE lines; it ends with Ctrl-C, and with its standard input where that is a pipe.

s3_region=us-east-1
s3_pids=()

# Ceph's daemons listen on the thirty ports behind the one of S3.
s3_take_ports()
{
    local first
    for ((first = 19600; first < 21600; first += 40)); do
        port_taken "$first" || port_taken $((first + 1)) || port_taken $((first + 2)) || { s3_port=$first && return; }
    done
    die "the ports 19600 to 21600 are all taken"
}

s3_random()
{
    od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'
}

# s3_start <name> <command…>: in the background, logging to a file of its name.
s3_start()
{
    local name=$1
    shift
    "$@" -c "$s3_dir/ceph.conf" -f </dev/null >>"$s3_dir/$name.log" 2>&1 &
    s3_pids+=($!)
}

# s3_wait <name> <command…>: until the command succeeds, or one of the daemons ended instead.
s3_wait()
{
    local name=$1 tries=0 pid
    shift
    until "$@" >/dev/null 2>&1; do
        for pid in "${s3_pids[@]}"; do
            if ! kill -0 "$pid" 2>/dev/null || ((++tries > 3000)); then
                tail -n 20 "$s3_dir"/*.log >&2
                die "$name of the S3 server does not start; the lines above are the logs"
            fi
        done
        sleep 0.05
    done
}

# The gateway goes first. What is only in memory would be written by an orderly end, which nobody needs.
s3_stop()
{
    local i
    for ((i = ${#s3_pids[@]} - 1; i >= 0; --i)); do
        kill -KILL "${s3_pids[i]}" 2>/dev/null || true
        wait "${s3_pids[i]}" 2>/dev/null || true
    done
    s3_pids=()
    [[ $s3_keep == yes ]] || rm -rf "$s3_dir"
}

s3_configure()
{
    cat >"$s3_dir/ceph.conf" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon_host = [v2:127.0.0.1:$((s3_port + 1))/0]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
ms_bind_msgr1 = false
ms_bind_port_min = $((s3_port + 2))
ms_bind_port_max = $((s3_port + 30))
ms_async_op_threads = 1
keyring = $s3_dir/keyring
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
run_dir = $s3_dir
crash_dir = $s3_dir
admin_socket =
log_file = $s3_dir/\$name.daemon.log
log_to_stderr = false
mon_cluster_log_file = $s3_dir/cluster.daemon.log
[mon]
mon_data = $s3_dir/mon
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
mon_data_avail_warn = 1
mon_data_avail_crit = 0
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
[osd]
osd_data = $s3_dir/osd
osd_objectstore = $s3_store
memstore_device_bytes = $((4 << 30))
bluestore_block_size = $((4 << 30))
bluestore_fsck_on_mkfs = false
osd_memory_target = 1073741824
osd_crush_update_on_start = false
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 2
[client]
rgw_frontends = beast endpoint=127.0.0.1:$s3_port tcp_nodelay=1
rgw_data = $s3_dir/rgw
rgw_dns_name = localhost
rgw_enable_apis = s3
rgw_relaxed_region_enforcement = true
rgw_thread_pool_size = 32
rgw_run_sync_thread = false
rgw_gc_max_objs = 1
rgw_lc_max_objs = 1
rgw_lc_max_worker = 1
rgw_objexp_hints_num_shards = 1
rgw_data_log_num_shards = 1
rgw_md_log_max_shards = 1
rgw_usage_max_shards = 1
rgw_reshard_num_logs = 1
rgw_num_control_oids = 1
rgw_override_bucket_index_max_shards = 1
CONF
}

s3_make_cluster()
{
    local conf=$s3_dir/ceph.conf fsid name
    fsid=$(sed -n 's/^fsid = //p' "$conf")
    mkdir -p "$s3_dir"/{mon,osd,rgw}
    {
        monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$((s3_port + 1))]" "$s3_dir/monmap"
        ceph-authtool "$s3_dir/keyring" --create-keyring -n mon. --gen-key --cap mon 'allow *'
        for name in client.admin client.rgw osd.0; do
            ceph-authtool "$s3_dir/keyring" -n "$name" --gen-key --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
        done
        osdmaptool -c "$conf" --createsimple 1 "$s3_dir/osdmap" --clobber
        ceph-mon -c "$conf" -i a --mkfs --monmap "$s3_dir/monmap" --osdmap "$s3_dir/osdmap" --keyring "$s3_dir/keyring"
        ceph-osd -c "$conf" -i 0 --mkfs --no-mon-config --monmap "$s3_dir/monmap" --keyring "$s3_dir/keyring" \
            --osd-uuid "$(cat /proc/sys/kernel/random/uuid)"
    } >"$s3_dir/setup.log" 2>&1 || {
        tail -n 20 "$s3_dir/setup.log" >&2
        die "the S3 server cannot be set up; the lines above say why"
    }
}

# curl signs neither a port in Host nor S3's hash of the body by itself; given both, its signature is right.
s3_request()
{
    curl --silent --show-error --fail --noproxy '*' --max-time 10 --config <(printf 'user = "%s:%s"\n' "$s3_access" "$s3_secret") \
        --aws-sigv4 "aws:amz:$s3_region:s3" -H "Host: 127.0.0.1:$s3_port" -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' \
        -X "$1" "http://127.0.0.1:$s3_port$2" "${@:3}"
}

s3_put_and_get()
{
    s3_request PUT /media/probe --data-binary ok && s3_request GET /media/probe && s3_request DELETE /media/probe
}

cmd_s3()
{
    s3_store=memstore s3_keep=no s3_dir=
    while (($#)); do
        case $1 in
        --dir) s3_dir=$2 s3_keep=yes && shift 2 ;;
        --durable) s3_store=bluestore && shift ;;
        *) die "./dev s3 knows --dir DIR and --durable, not '$1'" ;;
        esac
    done
    ensure_packages "${test_packages[@]}"
    if [[ $s3_keep == yes ]]; then
        mkdir -p "$s3_dir" && s3_dir=$(cd "$s3_dir" && pwd)
        [[ -z $(ls -A "$s3_dir") ]] || die "$s3_dir is not empty"
    else
        s3_dir=$(mktemp -d)
    fi
    s3_take_ports
    s3_access=CONFAB$(s3_random 7) s3_secret=$(s3_random 20)
    trap s3_stop EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    s3_configure
    s3_make_cluster
    s3_start mon ceph-mon -i a
    s3_wait "the monitor" port_taken $((s3_port + 1))
    s3_start osd ceph-osd -i 0 --no-mon-config
    s3_wait "the store" grep -q 'state: booting -> active' "$s3_dir/osd.0.daemon.log"
    timeout 60 radosgw-admin -c "$s3_dir/ceph.conf" user create --uid confab --display-name confab \
        --access-key "$s3_access" --secret-key "$s3_secret" >"$s3_dir/user.log" 2>&1 || {
        cat "$s3_dir/user.log" >&2
        die "the S3 server makes no user"
    }
    s3_start rgw radosgw -n client.rgw
    s3_wait "the gateway" s3_request PUT /media
    s3_wait "the bucket" s3_put_and_get
    printf '%s\n' "S3_URL=s3://media?endpoint=http://127.0.0.1:$s3_port&region=$s3_region" \
        "S3_ACCESS_KEY=$s3_access" "S3_SECRET_KEY=$s3_secret" "S3_GATEWAY_PID=${s3_pids[2]}" "S3_STORE_PID=${s3_pids[1]}"
    if [[ -t 0 ]]; then
        say "Ctrl-C ends it."
        wait "${s3_pids[@]}" || true
    else
        cat >/dev/null
    fi
}
