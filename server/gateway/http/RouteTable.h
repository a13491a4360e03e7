// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/Router.h"

#include <QtCore/QByteArrayList>

#include <vector>

namespace confab::server {

/// Which operation a method and a path mean, from the templates of the operations' metadata.
///
/// A literal segment ("/v1/users/me") goes before a `{field}` in the same place, whatever the method.
class RouteTable
{
public:
    explicit RouteTable(const Router &router);

    /// A `{field}` of the template and the segment that stands there, still percent-encoded.
    using PathParameter = QPair<QByteArray, QByteArray>;

    struct Match
    {
        const Route *route = nullptr;
        QList<PathParameter> parameters;
        QByteArrayList allowed;   ///< The methods of the path; empty: there is no such path.
        QByteArrayList selectors; ///< Without a route: query parameters of which one is needed.
    };

    /// \a queryNames are the names of the query's parameters.
    Match match(const QByteArray &method, const QByteArray &path, const QByteArrayList &queryNames) const;

private:
    struct Entry
    {
        const Route *route;
        QByteArray method;
        QByteArrayList segments; // a field with its braces
        QByteArray selector;     // the query parameter that selects it; empty for none
    };

    static bool fits(const Entry &entry, const QByteArrayList &segments);
    static bool moreLiteral(const Entry &a, const Entry &b);

    std::vector<Entry> m_entries;
};

} // namespace confab::server
