# SPDX-License-Identifier: MIT
# ./dev simulate: builds confab-simulate and runs seeds until they are done, one fails or somebody stops it.

cmd_simulate()
{
    ensure_packages "${build_packages[@]}"
    build release confab-simulate
    build/release/bin/confab-simulate "$@"
}
