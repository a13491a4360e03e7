// SPDX-License-Identifier: MIT
#include "tests/system/cluster/Cluster.h"

#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

namespace confab::test {

using namespace Qt::StringLiterals;

QString Cluster::open()
{
    if (!postgres.start() || !redis.start())
        return u"PostgreSQL or Redis does not start"_s;
    postgres.makeDatabase("cluster");
    const QStringList arguments = cheapServer() + QStringList{u"--heartbeat-seconds"_s,
                                                              u"1"_s,
                                                              u"--shards"_s,
                                                              u"2"_s,
                                                              u"--log-level"_s,
                                                              u"warning"_s,
                                                              u"--trusted-proxies"_s,
                                                              u"127.0.0.1/32"_s,
                                                              u"--database-url"_s,
                                                              QString::fromLatin1(postgres.url("cluster")),
                                                              u"--redis-url"_s,
                                                              redis.url()};
    for (auto &node : m_nodes) {
        node = std::make_unique<ConfabdProcess>(arguments);
        if (!node->start())
            return u"a node does not start"_s;
    }
    if (!m_balancer.start({node(0).port(), node(1).port()}, {u"--check"_s, u"500ms"_s}))
        return u"HAProxy does not start"_s;
    const bool isUp = waitUntil([this] { return RestClient(url()).request("GET", u"/readyz"_s).status == 200; });
    return isUp && waitUntil([this] { return isWhole(); }) ? QString() : u"the cluster does not get ready"_s;
}

bool Cluster::isWhole()
{
    return std::all_of(m_nodes.begin(), m_nodes.end(), [](const auto &node) {
        return RestClient(node->url()).request("GET", u"/readyz"_s).body.trimmed() == "ready";
    });
}

} // namespace confab::test
