// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArrayView>
#include <QtCore/qobjectdefs.h>

namespace confab {

enum class HttpMethod { None, Get, Post, Put, Patch, Delete };

/// As RFC 9110 spells it; empty for None.
constexpr const char *methodName(HttpMethod method)
{
    constexpr const char *names[] = {"", "GET", "POST", "PUT", "PATCH", "DELETE"};
    return names[static_cast<int>(method)];
}

/// Who may call an operation.
enum class Access {
    Anyone,        ///< Without a session.
    User,          ///< With a session.
    Administrator, ///< With the session of an administrator.
    Backend, ///< With the server's admin key in place of a token, over REST alone: a program that vouches for people.
};

/// The one line that names an operation everywhere: socket, REST, API documents.
struct OperationInfo
{
    const char *name;
    HttpMethod method; ///< None: on the socket only.
    const char *path;  ///< `{field}` stands for a parameter; `?field` at the end for the query that selects it.
    Access access;
    bool idempotent; ///< May be sent again when the outcome is unknown.
    int successStatus = 200;
};

/// A member of a PATCH: absent keeps, null clears, a value sets (RFC 7396).
template<typename T>
struct Patch
{
    enum class State { Keep, Clear, Set };

    State state = State::Keep;
    T value{};

    Patch() = default;
    Patch(T newValue) : state(State::Set), value(std::move(newValue)) { }

    bool operator==(const Patch &) const = default;
};

/// The reply that says no more than "done".
struct Empty
{
    Q_GADGET
public:
    bool operator==(const Empty &) const = default;
};

/// A list of types, to run something for each operation of the contract.
template<typename... Types>
struct TypeList
{
    template<typename Function>
    static void forEach(Function &&function)
    {
        (function.template operator()<Types>(), ...);
    }
};

} // namespace confab
