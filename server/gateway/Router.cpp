// SPDX-License-Identifier: MIT
#include "server/gateway/Router.h"

#include "server/runtime/Log.h"

namespace confab::server {

const Route *Router::find(const QByteArray &name) const
{
    return m_byName.value(name);
}

void Router::add(Route route)
{
    const QByteArray name(route.info->name);
    Q_ASSERT(!m_byName.contains(name));
    m_routes.push_back(std::make_unique<Route>(std::move(route)));
    m_byName.insert(name, m_routes.back().get());
}

void Router::logException(const char *operation)
{
    // What a library throws may quote its input, which is not ours to log.
    qCCritical(lcGateway, "%s ended by an exception", operation);
}

} // namespace confab::server
