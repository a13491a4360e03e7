# SPDX-License-Identifier: MIT
# ./dev docs: the API reference of the SDK.

cmd_docs()
{
    ensure_packages doxygen
    local version
    version=$(sed -n 's/^project(Confab VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
    mkdir -p build/docs
    CONFAB_VERSION=$version CONFAB_DOCS_DIR=build/docs doxygen docs/Doxyfile || die "the reference has faults"
    say "The API reference is in build/docs/html/index.html"
}
