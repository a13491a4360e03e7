# SPDX-License-Identifier: MIT
# HAProxy's configuration before nodes, made of the shipped example, so that what is tested and used here is what people
# are given. Sourced by ./dev; run by itself it prints it.

# haproxy_configuration --bind ADDRESS:PORT [--connections N] [--patience TIME] [--check TIME] [--by-name] NODE…
# Nodes are HOST:PORT. --patience is in place of the example's 60 s, --check in place of its 2 s. With --by-name a node's
# name is looked up again and again, as one that was started anew may be elsewhere.
haproxy_configuration()
{
    local bind='' connections=100000 patience=60s check=2s names='' lookups=''
    while [[ ${1:-} == --* ]]; do
        case $1 in
        --by-name)
            names=$'resolvers names\n    parse-resolv-conf\n    hold valid 5s\n'
            lookups=" resolvers names init-addr libc,none"
            shift
            continue
            ;;
        --bind) bind=$2 ;;
        --connections) connections=$2 ;;
        --patience) patience=$2 ;;
        --check) check=$2 ;;
        *) return 1 ;;
        esac
        shift 2
    done
    awk -v bind="$bind" -v connections="$connections" -v patience="$patience" -v check="$check" -v nodes="$*" \
        -v names="$names" -v lookups="$lookups" '
        /^#/ { next }
        { gsub(/ 60s/, " " patience) }
        /^frontend / && names { print names }
        /^    maxconn / { ++maxconns; print "    maxconn " connections; next }
        /^    bind / { ++binds; print "    bind " bind; next }
        /^    server / {
            ++servers
            count = split(nodes, node, " ")
            for (i = 1; i <= count; ++i) {
                line = $0
                if (!sub(/confab1 127\.0\.0\.1:8484/, "confab" i " " node[i], line) || !sub(/ inter 2s/, " inter " check, line))
                    exit 1
                print line lookups
            }
            next
        }
        { print }
        END { if (maxconns != 1 || binds != 1 || servers != 1) exit 1 }
    ' "$(dirname "${BASH_SOURCE[0]}")/../packaging/proxies/haproxy.cfg"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    haproxy_configuration "$@"
fi
