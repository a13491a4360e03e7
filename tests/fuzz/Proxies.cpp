// SPDX-License-Identifier: MIT
// Input: a line with the peer's address, a line with trusted_proxies as it is configured, then X-Forwarded-For fields,
// one a line.
#include "server/gateway/net/TrustedProxies.h"
#include "server/runtime/AddressKey.h"
#include "server/runtime/config/ConfigReader.h"
#include "tests/fuzz/Input.h"
#include "tests/fuzz/Target.h"

namespace confab::fuzz {

using namespace confab::server;
using namespace Qt::StringLiterals;

void runInput(const QByteArray &input)
{
    Input parts(input);
    const QHostAddress peer(QString::fromLatin1(parts.line()));
    const QString subnets = QString::fromUtf8(parts.line());
    const ConfigReading reading = ConfigReader().read({u"--trusted-proxies="_s + subnets}, {});
    if (!reading.errors.isEmpty() || peer.isNull())
        return;
    const TrustedProxies proxies(QList<QPair<QHostAddress, int>>(reading.configuration.trustedProxies.begin(),
                                                                 reading.configuration.trustedProxies.end()));
    const QByteArrayList fields = parts.rest().split('\n');
    const QHostAddress client = proxies.clientAddress(peer, fields);
    require(!client.isNull(), "every client has an address");
    if (!proxies.trusts(peer))
        require(client == proxies.clientAddress(peer, {}), "what a stranger writes counts for nothing");
    require(proxies.clientAddress(peer, {fields.join(',')}) == client, "fields count as one list, as RFC 9110 says");
    require(proxies.clientAddress(peer, QByteArrayList{"203.0.113.99"} + fields) == client ||
                client == QHostAddress(u"203.0.113.99"_s) || proxies.trusts(client),
            "what stands before the client's own hop counts for nothing");
    require(!addressKey(client).isEmpty(), "every client is limited by something");
}

} // namespace confab::fuzz
