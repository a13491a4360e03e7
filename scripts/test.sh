# SPDX-License-Identifier: MIT
# ./dev test: runs CTest group by group and counts what ran.

# Order in which groups run, and the seconds each is meant to stay within on two cores.
group_order=(lint unit contract fuzz simulation qml interop system package bench-honesty)
declare -A group_budget=([lint]=60 [unit]=120 [contract]=120 [fuzz]=30 [simulation]=120 [qml]=180 [interop]=120 [system]=720 [package]=120 [bench-honesty]=60)

total_passed=0
total_failed=0

# npm packages of the foreign clients, from the lock file, again only when it has changed.
install_npm_packages()
{
    local folder=tests/interop
    [[ -e $folder/package-lock.json ]] || return 0
    [[ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]] && return 0
    say "Installing the npm packages of $folder…"
    local log
    log=$(mktemp)
    if ! (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error </dev/null) >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        die "npm ci failed in $folder"
    fi
    rm -f "$log"
}

# Reads `ctest --verbose`: prints one line a test, the output of those that failed, and lastly "count PASSED FAILED".
# Qt Test's functions are counted one by one (its own initTestCase and cleanupTestCase are not), anything else as one.
# A skipped function counts as failed: what a test needs is installed, so a skip hides something.
summarise_ctest()
{
    awk -v report="$1" '
        function finish(number, name, status, seconds,    i, p, f) {
            p = passes[number]; f = fails[number]
            if (status != "Passed" && f == 0) f = 1
            if (p == 0 && f == 0) { if (qt[number]) f = 1; else p = 1 }
            passed += p; failed += f
            if (f > 0) {
                print "  FAILED " name " (" status ", " seconds " s)"
                start = lines[number] > 400 ? lines[number] - 400 : 1
                for (i = start; i <= lines[number]; ++i)
                    if (output[number, i] !~ /^PASS   :/) print "    | " output[number, i]
            } else {
                print "  ok     " name " (" p (p == 1 ? " test, " : " tests, ") seconds " s)"
            }
            for (i = 1; i <= lines[number]; ++i) delete output[number, i]
            fflush()
        }
        match($0, /^[0-9]+: /) {
            number = substr($0, 1, RLENGTH - 2) + 0
            text = substr($0, RLENGTH + 1)
            output[number, ++lines[number]] = text
            if (text ~ /^Totals: /) qt[number] = 1
            if (text ~ /^PASS   :/ && text !~ /::(initTestCase|cleanupTestCase)\(\)$/) ++passes[number]
            if (text ~ /^(FAIL!|XPASS|SKIP|BPASS|BFAIL) /) ++fails[number]
            next
        }
        match($0, /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: /) {
            head = substr($0, 1, RLENGTH); rest = substr($0, RLENGTH + 1)
            sub(/^.*#/, "", head); number = head + 0
            name = rest; sub(/ .*/, "", name)
            status = rest
            sub(/^[^ ]+ \.*/, "", status); gsub(/\*\*\*/, "", status); sub(/^ +/, "", status)
            seconds = status; sub(/ sec.*$/, "", seconds); sub(/^.* /, "", seconds)
            sub(/ +[0-9.]+ sec.*$/, "", status)
            finish(number, name, status, seconds)
        }
        END { print passed + 0, failed + 0 > report }'
}

# run_group <preset> <group>: runs the tests with this label and adds to the totals.
run_group()
{
    local preset=$1 group=$2 began=$SECONDS report passed=0 failed=0 ran=0
    say "$group ($preset)"
    report=$(mktemp)
    ctest --test-dir "build/$preset" --label-regex "^$group\$" --no-tests=error --parallel "$(job_count)" --verbose \
        </dev/null 2>&1 | tee "build/$preset/test-$group.log" | summarise_ctest "$report" || ran=1
    read -r passed failed <"$report" || true
    rm -f "$report"
    if ((ran != 0 && failed == 0)) || ((passed + failed == 0)); then
        tail -n 20 "build/$preset/test-$group.log"
        say "  the group $group did not run as it should"
        failed=$((failed + 1))
    fi
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
    local took=$((SECONDS - began)) budget=${group_budget[$group]:-60} note=
    [[ $preset == release ]] || budget=$((budget * 3))
    ((took <= budget)) || note=", over its budget"
    say "  $group: $passed passed, $failed failed in $took s (budget $budget s$note)"
}

# The labels that CTest knows in a build, in the order they are to run.
known_groups()
{
    local labels=() group
    mapfile -t labels < <(ctest --test-dir "build/$1" --print-labels | sed -n 's/^  *//p')
    for group in "${group_order[@]}"; do
        contains "$group" "${labels[@]}" && printf '%s\n' "$group"
    done
    for group in "${labels[@]}"; do
        contains "$group" "${group_order[@]}" || printf '%s\n' "$group"
    done
}

# test_preset <preset> [group…]: builds what these groups need and runs them; without groups, all of them.
test_preset()
{
    local preset=$1 group known=() unlabelled
    shift
    local groups=("$@")
    # These groups are executables of their own; the others use programs of the tree.
    local targets=()
    for group in "${groups[@]}"; do
        if ! contains "$group" unit contract fuzz simulation; then
            targets=()
            break
        fi
        targets+=("confab_${group}_tests")
    done
    build "$preset" "${targets[@]}"
    mapfile -t known < <(known_groups "$preset")
    ((${#groups[@]})) || groups=("${known[@]}")
    unlabelled=$(ctest --test-dir "build/$preset" --show-only --label-exclude . | sed -n 's/^Total Tests: //p')
    if [[ ${unlabelled:-0} != 0 ]]; then
        say "$unlabelled tests have no label, so no group runs them"
        total_failed=$((total_failed + 1))
    fi
    for group in "${groups[@]}"; do
        contains "$group" "${known[@]}" || die "there is no test group $group; there are: ${known[*]}"
        [[ $group != interop ]] || install_npm_packages
        run_group "$preset" "$group"
    done
}

cmd_test()
{
    local preset= groups=() argument
    for argument; do
        # "fuzz" is the group; the preset of that name is what ./dev fuzz builds.
        if [[ $argument != fuzz ]] && contains "$argument" "${presets[@]}"; then
            [[ -z $preset ]] || die "one preset at a time"
            preset=$argument
        else
            groups+=("$argument")
        fi
    done
    # Fuzz targets are built where their faults are seen.
    if contains fuzz "${groups[@]}"; then
        [[ $preset == asan || (-z $preset && ${#groups[@]} == 1) ]] ||
            die "the group fuzz runs under asan alone: ./dev test asan ${groups[*]}"
        preset=asan
    fi
    ensure_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
    export QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 NO_COLOR=1
    export ASAN_OPTIONS=${ASAN_OPTIONS:-allow_addr2line=1:strict_string_checks=1}
    export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PWD/tests/support/leaks.supp:print_suppressions=0}
    export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
    local began=$SECONDS
    case $preset in
    asan)
        ((${#groups[@]})) || groups=(unit contract fuzz)
        test_preset asan "${groups[@]}"
        ;;
    tsan)
        if ((${#groups[@]})); then
            test_preset tsan "${groups[@]}"
        else
            test_preset tsan unit contract
            # Slow as it is there, a twentieth of the seeds.
            CONFAB_TEST_SCALE=${CONFAB_TEST_SCALE:-0.05} test_preset tsan simulation
        fi
        ;;
    *)
        test_preset "${preset:-release}" "${groups[@]}"
        # With nothing asked for, what runs within one process runs a second time, under the sanitizers, and with it
        # the fuzz targets, which exist there alone.
        if (($# == 0)); then
            test_preset asan unit contract fuzz
        fi
        ;;
    esac
    say "All of it took $((SECONDS - began)) s."
    say "$total_passed passed, $total_failed failed"
    ((total_failed == 0 && total_passed > 0))
}
