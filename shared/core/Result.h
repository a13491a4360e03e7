// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Error.h"

#include <utility>
#include <variant>

namespace confab {

/// The result of an operation without a value.
struct Done
{
    bool operator==(const Done &) const = default;
};

/// A value, or the Error that stands in its place. Member names are those of std::expected (C++23).
template<typename T>
class [[nodiscard]] Result
{
public:
    using value_type = T;
    using error_type = Error;

    Result() requires std::default_initializable<T> : m_state(std::in_place_index<0>) { }
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) { }
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) { }

    bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }

    /// The value. Calling it on an error is a programming fault and asserts.
    T &value() & { return checkedValue(*this); }
    const T &value() const & { return checkedValue(*this); }
    T &&value() && { return std::move(checkedValue(*this)); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T &&operator*() && { return std::move(*this).value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }

    T value_or(T fallback) const { return has_value() ? value() : std::move(fallback); }

    /// The error. Calling it on a value is a programming fault and asserts.
    const Error &error() const
    {
        Q_ASSERT(!has_value());
        return *std::get_if<1>(&m_state);
    }

    bool operator==(const Result &) const = default;

private:
    template<typename Self>
    static auto &checkedValue(Self &self)
    {
        Q_ASSERT(self.has_value());
        return *std::get_if<0>(&self.m_state);
    }

    std::variant<T, Error> m_state;
};

} // namespace confab
