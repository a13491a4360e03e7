# SPDX-License-Identifier: MIT
# ./dev build: CMake presets, with little to read where nobody watches.

presets=(release debug asan tsan fuzz)

# One job a core, and not more than memory allows: a compiler takes up to 1.5 GB with sanitizers.
job_count()
{
    if [[ -n ${JOBS:-} ]]; then
        printf '%s\n' "$JOBS"
        return
    fi
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)
    ((memory < 1)) && memory=1
    printf '%s\n' "$((cores < memory ? cores : memory))"
}

# Where nobody watches a terminal, progress is one line a tenth of the way; everything else passes.
show_build_progress()
{
    if [[ -t 1 ]]; then
        cat
        return
    fi
    awk '
        /^\[[0-9]+\/[0-9]+\]/ {
            split(substr($1, 2), part, /[\/\]]/)
            tenth = int(part[1] * 10 / part[2])
            if (part[2] != total || tenth != last) { if (part[2] >= 40 || part[1] == part[2]) print "  " part[1] "/" part[2]; fflush() }
            total = part[2]; last = tenth
            next
        }
        /^(ninja: no work to do|-- )/ { next }
        { print; fflush() }'
}

# build <preset> [target…]
build()
{
    local preset=$1 folder=build/$1 log
    shift
    mkdir -p "$folder"
    log=$folder/configure.log
    if [[ ! -e $folder/build.ninja || CMakePresets.json -nt $folder/build.ninja ]]; then
        say "Configuring $preset…"
        cmake --preset "$preset" >"$log" 2>&1 || {
            cat "$log" >&2
            die "configuring $preset failed"
        }
    fi
    say "Building $preset…"
    local targets=()
    (($# == 0)) || targets=(--target "$@")
    if [[ -t 1 ]]; then
        cmake --build --preset "$preset" --parallel "$(job_count)" "${targets[@]}" || die "building $preset failed"
    else
        cmake --build --preset "$preset" --parallel "$(job_count)" "${targets[@]}" 2>&1 | show_build_progress ||
            die "building $preset failed"
    fi
}

cmd_build()
{
    local preset=${1:-release}
    contains "$preset" "${presets[@]}" || die "there is no preset $preset; there are: ${presets[*]}"
    ensure_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
    build "$preset"
    say "The binaries are in build/$preset/bin/"
}
