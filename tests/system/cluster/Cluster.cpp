// SPDX-License-Identifier: MIT
#include "tests/system/cluster/Cluster.h"

#include "tests/support/FreePort.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <sys/prctl.h>

#include <csignal>

namespace confab::test {

using namespace Qt::StringLiterals;

namespace {

/// What is not ready, or does not answer in time, gets nobody new; who is there stays.
constexpr auto kConfiguration = "defaults\n"
                                "    mode http\n"
                                "    timeout connect 1s\n"
                                "    timeout client 60s\n"
                                "    timeout server 60s\n"
                                "    timeout tunnel 60s\n"
                                "frontend chat\n"
                                "    bind 127.0.0.1:%1\n"
                                "    option forwardfor\n"
                                "    default_backend confab\n"
                                "backend confab\n"
                                "    balance leastconn\n"
                                "    option httpchk GET /readyz\n"
                                "    option redispatch\n"
                                "    timeout check 500ms\n"
                                "    server one 127.0.0.1:%2 check inter 200ms fall 2 rise 1\n"
                                "    server two 127.0.0.1:%3 check inter 200ms fall 2 rise 1\n";

} // namespace

Cluster::Cluster() = default;

Cluster::~Cluster()
{
    m_balancer.kill();
    m_balancer.waitForFinished();
}

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
    m_port = freePort();
    QFile file(m_directory.filePath(u"haproxy.cfg"_s));
    const QString configuration =
        QString::fromLatin1(kConfiguration).arg(m_port).arg(node(0).port()).arg(node(1).port());
    if (!file.open(QIODevice::WriteOnly) || file.write(configuration.toLatin1()) < 0)
        return u"HAProxy's configuration cannot be written"_s;
    file.close();
    m_balancer.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_balancer.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); }); // it goes with a test that dies
    m_balancer.start(u"/usr/sbin/haproxy"_s, {u"-db"_s, u"-f"_s, file.fileName()});
    const bool isUp = waitUntil([this] { return RestClient(url()).request("GET", u"/readyz"_s).status == 200; });
    return isUp && waitUntil([this] { return isWhole(); }) ? QString() : u"the cluster does not get ready"_s;
}

QUrl Cluster::url() const
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port));
}

bool Cluster::isWhole()
{
    return std::all_of(m_nodes.begin(), m_nodes.end(), [](const auto &node) {
        return RestClient(node->url()).request("GET", u"/readyz"_s).body.trimmed() == "ready";
    });
}

} // namespace confab::test
