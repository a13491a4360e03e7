// SPDX-License-Identifier: MIT
#include "server/gateway/http/RouteTable.h"

#include <algorithm>

namespace confab::server {

namespace {

bool isField(const QByteArray &segment)
{
    return segment.startsWith('{');
}

} // namespace

RouteTable::RouteTable(const Router &router)
{
    for (const std::unique_ptr<Route> &route : router.routes()) {
        const OperationInfo &info = *route->info;
        if (info.method == HttpMethod::None)
            continue;
        const QByteArray path(info.path);
        const qsizetype mark = path.indexOf('?');
        const QByteArray selector = mark < 0 ? QByteArray() : path.mid(mark + 1);
        m_entries.push_back(
            {route.get(), methodName(info.method), (mark < 0 ? path : path.left(mark)).split('/'), selector});
    }
}

bool RouteTable::fits(const Entry &entry, const QByteArrayList &segments)
{
    return std::equal(entry.segments.begin(), entry.segments.end(), segments.begin(), segments.end(),
                      [](const QByteArray &expected, const QByteArray &segment) {
                          return isField(expected) ? !segment.isEmpty() : expected == segment;
                      });
}

bool RouteTable::moreLiteral(const Entry &a, const Entry &b)
{
    return std::lexicographical_compare(
        a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
        [](const QByteArray &x, const QByteArray &y) { return !isField(x) && isField(y); });
}

RouteTable::Match RouteTable::match(const QByteArray &method, const QByteArray &path,
                                    const QByteArrayList &queryNames) const
{
    const QByteArrayList segments = path.split('/');
    std::vector<const Entry *> fitting;
    for (const Entry &entry : m_entries) {
        if (!fits(entry, segments))
            continue;
        if (!fitting.empty() && moreLiteral(entry, *fitting.front()))
            fitting.clear();
        if (fitting.empty() || !moreLiteral(*fitting.front(), entry))
            fitting.push_back(&entry);
    }

    Match match;
    const QByteArray wanted = method == "HEAD" ? QByteArray("GET") : method;
    for (const Entry *entry : fitting) {
        if (!match.allowed.contains(entry->method))
            match.allowed.append(entry->method);
        if (entry->method != wanted || match.route)
            continue;
        if (!entry->selector.isEmpty() && !queryNames.contains(entry->selector)) {
            match.selectors.append(entry->selector);
            continue;
        }
        match.route = entry->route;
        for (qsizetype i = 0; i < segments.size(); ++i) {
            const QByteArray &expected = entry->segments.at(i);
            if (isField(expected))
                match.parameters.append({expected.mid(1, expected.size() - 2), segments.at(i)});
        }
    }
    if (match.allowed.contains("GET"))
        match.allowed.append("HEAD");
    return match;
}

} // namespace confab::server
