# SPDX-License-Identifier: MIT
# The Debian packages that building, running, testing and linting need, and how they are installed.

build_packages=(
    clang lld ninja-build cmake ccache pkg-config
    qt6-base-dev qt6-declarative-dev qt6-declarative-dev-tools qt6-websockets-dev qt6-svg-dev qt6-l10n-tools
    qcoro-qt6-dev qtkeychain-qt6-dev
    libboost-dev libtomlplusplus-dev libsodium-dev prometheus-cpp-dev libpq-dev libhiredis-dev
    libgl-dev libegl-dev libvulkan-dev libxkbcommon-dev
)
run_packages=(
    dbus libqt6sql6-sqlite
    qml6-module-qtcore qml6-module-qtqml qml6-module-qtqml-models qml6-module-qtqml-workerscript
    qml6-module-qtquick qml6-module-qtquick-controls qml6-module-qtquick-layouts qml6-module-qtquick-templates
    qml6-module-qtquick-window qml6-module-qt-labs-platform
    fonts-inter fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
)
test_packages=(
    libclang-rt-14-dev libfaketime qml6-module-qttest nodejs npm binutils doxygen dpkg-dev fakeroot systemd
    python3-prometheus-client python3-yaml nginx-light haproxy postgresql-15 pgbouncer redis-server
    radosgw ceph-mon ceph-osd curl
)
lint_packages=(clang-format clang-tidy clazy codespell)

# Prints those of the named packages that are not installed. Node counts as installed wherever it came from.
missing_packages()
{
    local -A installed=()
    local name status
    while read -r name status; do
        [[ $status == installed ]] && installed[$name]=1
    done < <(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    if command -v node >/dev/null && command -v npm >/dev/null; then
        installed[nodejs]=1
        installed[npm]=1
    fi
    for name; do
        [[ -n ${installed[$name]:-} ]] || printf '%s\n' "$name"
    done
}

# Runs as root, in a shell of its own. A temporary policy-rc.d keeps packages from starting services, and links by
# which they enable units are taken away again. A policy-rc.d that was there is put back, however this ends.
install_as_root()
{
    set -euo pipefail
    export PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C
    # Not local: the trap reads them when the function is over.
    policy=/usr/sbin/policy-rc.d
    saved=$policy.before-confab
    local link attempt
    exec 9>/run/confab-dev.lock
    flock 9
    log=$(mktemp)
    before=$(mktemp)
    after=$(mktemp)

    restore()
    {
        if [[ -e $saved || -L $saved ]]; then
            mv -f "$saved" "$policy"
        elif grep -qs 'made by confab ./dev' "$policy"; then
            rm -f "$policy"
        fi
        rm -f "$log" "$before" "$after"
    }
    trap restore EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [[ (-e $policy || -L $policy) && ! -e $saved ]] && ! grep -qs 'made by confab ./dev' "$policy"; then
        mv "$policy" "$saved"
    fi
    printf '#!/bin/sh\n# made by confab ./dev while it installs packages\nexit 101\n' >"$policy"
    chmod 755 "$policy"

    enabled_units()
    {
        find /etc/systemd/system /etc/rc[2-5].d -type l \( -path '*.wants/*' -o -name 'S*' \) 2>/dev/null | sort
    }
    enabled_units >"$before"

    echo "Reading the package lists…"
    # The lists' lock has no timeout in apt, so a held one is tried again for as long as the other lock's.
    for ((attempt = 0; ; ++attempt)); do
        apt-get -q update >"$log" 2>&1 && break
        if ((attempt >= 120)) || ! grep -q 'Could not get lock' "$log"; then
            cat "$log" >&2
            break
        fi
        sleep 5
    done
    if ! apt-get install --print-uris --yes --no-install-recommends "$@" >"$log" 2>&1; then
        cat "$log" >&2
        return 1
    fi
    grep -E '^([0-9]+ upgraded|Need to get|After this operation)' "$log" || true
    echo "Installing…"
    if ! apt-get -qq --yes --no-install-recommends -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install "$@" </dev/null >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        return 1
    fi
    enabled_units >"$after"
    while read -r link; do
        rm -f "$link"
        echo "Left disabled: ${link##*/}"
    done < <(comm -13 "$before" "$after") | sort -u
    echo "Packages are installed."
}

# ensure_packages <package…>: installs what is missing of them.
ensure_packages()
{
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "This is not Debian: going on with what is installed. Needed, by Debian's names: $*"
        return
    fi
    local missing=()
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    local by_hand="apt-get update && apt-get install --yes --no-install-recommends ${missing[*]}"
    say "Missing packages: ${missing[*]}"
    local script
    script="$(declare -f install_as_root); install_as_root \"\$@\""
    if ((EUID == 0)); then
        bash -c "$script" confab-install "${missing[@]}" || die "packages could not be installed"
    elif command -v sudo >/dev/null; then
        sudo bash -c "$script" confab-install "${missing[@]}" ||
            die "packages could not be installed through sudo; as root: $by_hand"
    else
        say "There is no sudo here. Run this as root, then start again:"
        say "    $by_hand"
        exit 1
    fi
}
