# SPDX-License-Identifier: MIT
# What every target of the tree shares: language level, warnings, sanitizers, precompiled headers,
# output folders, and the two functions by which folders declare their targets.

include(CTest)
include(GNUInstallDirs)
find_package(Qt6 6.4 REQUIRED COMPONENTS Core DBus Network WebSockets Sql Gui Svg Qml Quick QuickControls2 Test QuickTest)
find_package(QCoro6 REQUIRED COMPONENTS Core)
find_package(Qt6Keychain REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
qt_standard_project_setup()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(QT_QML_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/qml")

option(CONFAB_WERROR "Treat warnings as errors" ON)
set(CONFAB_SANITIZE "" CACHE STRING "Sanitizers to build with, for example address,undefined")
option(CONFAB_FUZZ "Build the fuzz targets of tests/fuzz (Clang)" OFF)

# Flags every Confab target is compiled with.
add_library(confab_options INTERFACE)
target_compile_options(confab_options INTERFACE -Wall -Wextra -Wpedantic $<$<BOOL:${CONFAB_WERROR}>:-Werror>)
target_compile_definitions(confab_options INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_KEYWORDS QT_NO_FOREACH QT_DEPRECATED_WARNINGS CONFAB_CLIENT_BUILD)
target_include_directories(confab_options INTERFACE "${CMAKE_SOURCE_DIR}")
# Clang 14 cannot compile coroutines together with the check of calls through function pointers.
if(CONFAB_SANITIZE)
    target_compile_options(confab_options INTERFACE -fsanitize=${CONFAB_SANITIZE} -fno-omit-frame-pointer
        -fno-sanitize-recover=undefined -fno-sanitize=function)
    target_link_options(confab_options INTERFACE -fsanitize=${CONFAB_SANITIZE})
endif()

# Qt's headers, parsed once. Every Confab target reuses this one precompiled header.
set(CONFAB_PCH_CONTENT <QtCore/QtCore> <variant> <optional> <memory> <functional> <vector>)

# confab_library(<target> <Alias> SOURCES … [PUBLIC libs…] [PRIVATE libs…])
# One folder, one static library, alias Confab::<Alias>.
function(confab_library target alias)
    cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    qt_add_library(${target} STATIC ${ARG_SOURCES})
    add_library(Confab::${alias} ALIAS ${target})
    target_link_libraries(${target} PUBLIC confab_options Qt6::Core ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    target_precompile_headers(${target} PRIVATE ${CONFAB_PCH_CONTENT})
endfunction()

# confab_test(<name> SOURCES … LIBS … [GROUP group])
# One Qt Test executable a folder. Its main() is tests/support/TestMain.cpp, which runs every class
# registered with CONFAB_TEST_CLASS and prints one line a class. The group is its CTest label; the target
# confab_<group>_tests builds all executables of a group. Groups that start servers or windows run one at a time.
function(confab_test name)
    cmake_parse_arguments(ARG "" "GROUP;TIMEOUT" "SOURCES;LIBS" ${ARGN})
    if(NOT ARG_GROUP)
        set(ARG_GROUP unit)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    qt_add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE confab_options Confab::TestSupport Qt6::Test ${ARG_LIBS})
    target_precompile_headers(${name} PRIVATE ${CONFAB_PCH_CONTENT})
    add_test(NAME ${name} COMMAND ${name})
    if(NOT TARGET confab_${ARG_GROUP}_tests)
        add_custom_target(confab_${ARG_GROUP}_tests)
    endif()
    add_dependencies(confab_${ARG_GROUP}_tests ${name})
    if(NOT ARG_GROUP MATCHES "^(unit|contract|lint)$")
        set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
    endif()
    set_tests_properties(${name} PROPERTIES LABELS ${ARG_GROUP} TIMEOUT ${ARG_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_QUICK_BACKEND=software;CONFAB_BINARY_DIR=${CMAKE_BINARY_DIR};CONFAB_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endfunction()

# confab_qml_module(<target> <Alias> <Uri> [QML files…] [SINGLETONS files…] [SOURCES files…] [RESOURCES files…] [LIBS libs…])
# One folder, one QML module, linked statically with its plugin; qml/AppModules.cpp imports the plugin by name.
function(confab_qml_module target alias uri)
    cmake_parse_arguments(ARG "" "" "QML;SINGLETONS;SOURCES;RESOURCES;LIBS" ${ARGN})
    if(ARG_SINGLETONS)
        set_source_files_properties(${ARG_SINGLETONS} PROPERTIES QT_QML_SINGLETON_TYPE TRUE)
    endif()
    qt_add_library(${target} STATIC)
    qt_add_qml_module(${target} URI ${uri} VERSION 1.0 RESOURCE_PREFIX /qt/qml NO_CACHEGEN
        SOURCES ${ARG_SOURCES} QML_FILES ${ARG_SINGLETONS} ${ARG_QML} RESOURCES ${ARG_RESOURCES})
    add_library(Confab::${alias} ALIAS ${target})
    target_link_libraries(${target} PUBLIC confab_options Qt6::Core Qt6::Gui Qt6::Qml Qt6::Quick ${ARG_LIBS})
    # The generated registration includes this folder's headers by their bare names.
    target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
    if(ARG_SOURCES)
        target_precompile_headers(${target} PRIVATE ${CONFAB_PCH_CONTENT})
    endif()
endfunction()

# confab_qml_test(<name> SOURCES … LIBS … [ARGUMENTS …])
# A Qt Quick Test executable over this folder's tst_*.qml, headless and under software rendering.
function(confab_qml_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    qt_add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE confab_options Qt6::Quick Qt6::QuickTest ${ARG_LIBS})
    target_precompile_headers(${name} PRIVATE ${CONFAB_PCH_CONTENT})
    target_compile_definitions(${name} PRIVATE QUICK_TEST_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS qml TIMEOUT ${ARG_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_QUICK_BACKEND=software;LC_ALL=C.UTF-8;LANGUAGE=en;CONFAB_BINARY_DIR=${CMAKE_BINARY_DIR};CONFAB_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endfunction()

# confab_test_on_postgres(<name>): runs a test whose store is a TestStore a second time, on PostgreSQL.
function(confab_test_on_postgres name)
    add_test(NAME ${name}_postgres COMMAND ${name})
    get_test_property(${name} ENVIRONMENT environment)
    set_tests_properties(${name}_postgres PROPERTIES LABELS contract TIMEOUT 300
        ENVIRONMENT "${environment};CONFAB_TEST_DATABASE=postgres")
    if(NOT TARGET confab_contract_tests)
        add_custom_target(confab_contract_tests)
    endif()
    add_dependencies(confab_contract_tests ${name})
endfunction()
