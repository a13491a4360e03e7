# SPDX-License-Identifier: MIT
# ./dev lint and ./dev format: the checkers that need more than a test's time.

# Files git knows of or would add, matching the given patterns.
tree_files()
{
    git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
        [[ -e $file ]] && printf '%s\n' "$file"
    done
}

# Files that differ from main, or where main is checked out, from the commit before.
changed_files()
{
    local base
    base=$(git merge-base HEAD main 2>/dev/null || true)
    if [[ -z $base || $base == $(git rev-parse HEAD) ]]; then
        base=$(git rev-parse --quiet --verify HEAD~1 || git rev-parse HEAD)
    fi
    {
        git diff --name-only --diff-filter=d "$base"
        git ls-files --others --exclude-standard
    } | sort -u
}

cmd_lint()
{
    local files=() sources=() units=() qml=() file failed=0
    if [[ ${1:-} == --all ]]; then
        mapfile -t files < <(tree_files)
    elif (($#)); then
        files=("$@")
    else
        mapfile -t files < <(changed_files)
    fi
    for file in "${files[@]}"; do
        case $file in
        *.cpp) sources+=("$file") units+=("$file") ;;
        *.h) sources+=("$file") ;;
        *.qml) qml+=("$file") ;;
        esac
    done
    ensure_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}" "${lint_packages[@]}"
    if ((${#files[@]} == 0)); then
        say "Nothing has changed."
        return
    fi

    if ((${#sources[@]})); then
        say "clang-format: ${#sources[@]} files"
        clang-format --dry-run --Werror "${sources[@]}" || failed=1
    fi
    say "codespell: ${#files[@]} files"
    codespell --config .codespellrc "${files[@]}" || failed=1
    build release
    if ((${#units[@]})); then
        # Only what a build compiles has flags to check it with.
        local compiled=()
        for file in "${units[@]}"; do
            grep -qF "\"file\": \"$PWD/$file\"" build/release/compile_commands.json && compiled+=("$file")
        done
        if ((${#compiled[@]})); then
            say "clang-tidy: ${#compiled[@]} files"
            # The precompiled header belongs to the build's exact compiler invocation; the checkers parse without it.
            sed 's/-Xclang -include-pch -Xclang [^ ]*//; s/-Winvalid-pch//; s/-fpch-instantiate-templates//' \
                build/release/compile_commands.json >build/lint-commands.json
            mkdir -p build/lint
            mv build/lint-commands.json build/lint/compile_commands.json
            printf '%s\n' "${compiled[@]}" |
                xargs -P "$(job_count)" -n 4 clang-tidy -p build/lint --quiet --warnings-as-errors='*' 2>/dev/null ||
                failed=1
            say "clazy: ${#compiled[@]} files"
            printf '%s\n' "${compiled[@]}" | CLAZY_IGNORE_DIRS='.*/build/.*|/usr/.*' CLAZY_EXPORT_FIXES= \
                xargs -P "$(job_count)" -n 4 clazy-standalone -p build/lint \
                --checks=level1,no-non-pod-global-static,no-overloaded-signal \
                --header-filter="^$PWD/(shared|server|client-sdk|apps|tests)/" --extra-arg=-Werror 2>&1 |
                grep -v -e '^[0-9]* warnings\? generated' || failed=$((failed | PIPESTATUS[1]))
        fi
    fi
    if ((${#qml[@]})); then
        say "qmllint: ${#qml[@]} files"
        cmake --build --preset release --target all_qmllint >build/release/qmllint.log 2>&1 || failed=1
        if grep -E '^(Warning|Error):' build/release/qmllint.log; then
            failed=1
        fi
    fi
    ((failed == 0)) || die "there are findings"
    say "No findings."
}

cmd_format()
{
    ensure_packages "${lint_packages[@]}"
    tree_files '*.cpp' '*.h' | xargs -r clang-format -i
}
