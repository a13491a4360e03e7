#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/fuzz/run-target.sh BUILD NAME [libFuzzer option…]: runs the target NAME of a build folder over its seeds, over
# inputs that once failed, and over mutations of both. Without options it makes a fixed number of executions from a
# fixed seed, which is what the CTest group does: CONFAB_TEST_SCALE multiplies them, CONFAB_TEST_SEED is another seed.
set -euo pipefail

build=$1 name=$2
shift 2
source=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
work=$build/fuzz/$name

if ! read -r bytes runs dictionary < <(awk -v name="$name" '$1 == name { print $2, $3, $4 }' "$build/fuzz/targets"); then
    echo "there is no fuzz target $name; there are:" "$(awk '{ printf " %s", $1 }' "$build/fuzz/targets")" >&2
    exit 2
fi

# Inputs that reach something new are kept in found/, which a bounded run begins without: its outcome must not depend
# on runs before it.
options=("$@")
if ((${#options[@]} == 0)); then
    rm -rf "$work/bounded"
    found=$work/bounded
    runs=$(awk -v runs="$runs" -v scale="${CONFAB_TEST_SCALE:-1}" 'BEGIN { print int(runs * scale) }')
    options=(-runs="$runs" -seed="${CONFAB_TEST_SEED:-20251125}")
else
    found=$work/found
fi
mkdir -p "$found" "$work/failed"
inputs=("$found")
for folder in corpus crashes; do
    [[ -d $source/$folder/$name ]] && inputs+=("$source/$folder/$name")
done
[[ $dictionary == none ]] || options+=(-dict="$source/dictionaries/$dictionary.dict")

status=0
log=$work/log
export ASAN_OPTIONS=${ASAN_OPTIONS:-allow_addr2line=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
"$build/bin/fuzz-$name" -max_len="$bytes" -timeout=25 -rss_limit_mb=2048 -malloc_limit_mb=512 -print_final_stats=1 \
    -artifact_prefix="$work/failed/" "${options[@]}" "${inputs[@]}" >"$log" 2>&1 </dev/null || status=$?

executions=$(awk '/^stat::number_of_executed_units:/ { print $2 }' "$log")
rate=$(awk '/^stat::average_exec_per_sec:/ { print $2 }' "$log")
reached=$(sed -n 's/.*cov: \([0-9]*\) ft: \([0-9]*\) corp: \([0-9]*\).*/\1 edges, \2 features, \3 inputs/p' "$log" | tail -n 1)
echo "$name: ${executions:-0} executions, ${rate:-0} a second; ${reached:-nothing reached}; ${options[*]}"
if ((status != 0)); then
    # The inputs that libFuzzer adds line by line say nothing of the failure.
    grep -vE '^#[0-9]+[[:space:]]+(NEW|REDUCE|INITED|READ|pulse|RELOAD)' "$log" | tail -n 120
    exit "$status"
fi
if [[ ${executions:-0} == 0 || -z $reached ]]; then
    tail -n 20 "$log"
    echo "$name executed nothing, or without seeing what it reached" >&2
    exit 1
fi
