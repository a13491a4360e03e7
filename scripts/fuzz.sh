# SPDX-License-Identifier: MIT
# ./dev fuzz: builds the fuzz targets with everything instrumented and runs them for some time, one a core.

# fuzz_target <target> <seconds>: runs one target and keeps the input that breaks it as a regression.
fuzz_target()
{
    local target=$1 seconds=$2 failed=build/fuzz/fuzz/$1/failed file kept status=0
    rm -rf "$failed"
    tests/fuzz/run-target.sh build/fuzz "$target" -max_total_time="$seconds" -seed="$SRANDOM" || status=1
    for file in "$failed"/*; do
        [[ -e $file ]] || continue
        kept=tests/fuzz/crashes/$target/${file##*/}
        mkdir -p "${kept%/*}"
        cp "$file" "$kept"
        say "  kept as $kept; to see it again: build/fuzz/bin/fuzz-$target $kept"
        status=1
    done
    return "$status"
}

cmd_fuzz()
{
    local seconds=60 targets=() known=() target failed=0
    while (($#)); do
        case $1 in
        --seconds)
            seconds=${2:-}
            [[ $seconds =~ ^[1-9][0-9]*$ ]] || die "--seconds takes a whole number above 0"
            shift
            ;;
        -*) die "there is no option $1; ./dev help says what there is" ;;
        *) targets+=("$1") ;;
        esac
        shift
    done
    ensure_packages "${build_packages[@]}" "${test_packages[@]}"
    build fuzz confab_fuzz_tests
    mapfile -t known < <(awk '{ print $1 }' build/fuzz/fuzz/targets)
    ((${#targets[@]})) || targets=("${known[@]}")
    for target in "${targets[@]}"; do
        contains "$target" "${known[@]}" || die "there is no fuzz target $target; there are: ${known[*]}"
    done
    local running=0 jobs
    jobs=$(job_count)
    for target in "${targets[@]}"; do
        if ((running == jobs)); then
            wait -n || failed=$((failed + 1))
            running=$((running - 1))
        fi
        fuzz_target "$target" "$seconds" &
        running=$((running + 1))
    done
    for ((; running > 0; --running)); do
        wait -n || failed=$((failed + 1))
    done
    say "${#targets[@]} targets, $failed failed; what reached something new is in build/fuzz/fuzz/<target>/found/"
    ((failed == 0))
}
