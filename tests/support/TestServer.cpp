// SPDX-License-Identifier: MIT
#include "tests/support/TestServer.h"

#include "server/gateway/GatewaySettings.h"
#include "server/runtime/config/ConfigReader.h"

namespace confab::test {

using namespace confab::server;
using namespace Qt::StringLiterals;

TestServer::TestServer(const Options &options)
{
    const QStringList arguments{
        u"--listen"_s,       u"127.0.0.1:0"_s, u"--data-dir"_s, m_directory.filePath(u"data"_s),
        u"--registration"_s, u"open"_s,        u"--shards"_s,   QString::number(options.shards)};
    const ConfigReading reading = ConfigReader().read(arguments, {});
    if (!reading.errors.isEmpty())
        qFatal("the test server's configuration is wrong: %ls", qUtf16Printable(reading.errors.first()));
    m_configuration = reading.configuration;
    m_configuration.limits.messagesPerMinute = m_configuration.limits.requestsPerMinute = 0;
    if (options.configure)
        options.configure(m_configuration);
    m_tuning.hashCost = PasswordHasher::Cost{8 * 1024, 1};
    m_tuning.floods = FloodLimits::optionsFor(0);
    m_tuning.gateway = options.gateway;
    m_tuning.bus = options.bus;
    start();
}

TestServer::~TestServer()
{
    stop();
}

void TestServer::start()
{
    m_app = std::make_unique<ServerApp>(m_configuration, m_tuning);
    const Result<quint16> port = m_app->start();
    if (!port)
        qFatal("the test server does not start: %ls", qUtf16Printable(port.error().message));
    m_configuration.listen.port = *port;
}

void TestServer::stop()
{
    m_app.reset();
}

QUrl TestServer::url() const
{
    return QUrl(u"http://127.0.0.1:%1"_s.arg(port()));
}

QUrl TestServer::socketUrl() const
{
    return QUrl(u"ws://127.0.0.1:%1/v1/socket"_s.arg(port()));
}

} // namespace confab::test
