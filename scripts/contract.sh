# SPDX-License-Identifier: MIT
# ./dev contract: writes the API documents in docs/ anew from the contract's types and the story of its examples.

cmd_contract()
{
    ensure_packages "${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}"
    build release confabd confabctl confab-contract
    install_npm_packages
    # The story is told to the real server, whose answers become the examples' results.
    CONFAB_BINARY_DIR=$PWD/build/release node tests/interop/examples.mjs --record
    build release confab-contract
    build/release/bin/confab-contract docs
    git --no-pager diff --stat -- docs server/gateway/contract/examples.json
}
