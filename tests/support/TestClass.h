// SPDX-License-Identifier: MIT
#pragma once

#include <QtTest/QTest>

#include <functional>
#include <memory>
#include <vector>

namespace confab::test {

/// One registered test class: its name and how to make it.
struct TestClass
{
    const char *name;
    std::function<std::unique_ptr<QObject>()> make;
};

/// The classes of this executable, filled before main() by CONFAB_TEST_CLASS.
std::vector<TestClass> &testClasses();

template<typename T>
struct Registration
{
    explicit Registration(const char *name)
    {
        testClasses().push_back({name, [] { return std::make_unique<T>(); }});
    }
};

} // namespace confab::test

/// Adds a QObject with test slots to its executable. `./executable [Class [slot …]]` runs a part.
#define CONFAB_TEST_CLASS(Class) static const confab::test::Registration<Class> registration##Class(#Class);
