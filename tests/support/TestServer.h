// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/ServerApp.h"

#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>

#include <functional>
#include <memory>

namespace confab::server {
struct GatewaySettings;
}

namespace confab::test {

/// The real server in this process, on a free port of loopback, with data in a directory that goes with it.
///
/// Registration is open, passwords are hashed cheaply and nothing is limited by its rate. `stop` and `start` again keep
/// the data and the port.
class TestServer
{
public:
    struct Options
    {
        int shards = 2;
        std::function<void(server::Configuration &)> configure;
        std::function<void(server::GatewaySettings &)> gateway;
        std::function<std::unique_ptr<server::Bus>(std::unique_ptr<server::Bus>)> bus;
    };

    /// Starts; aborts the test program where it cannot.
    TestServer() : TestServer(Options()) { }
    explicit TestServer(const Options &options);
    ~TestServer();

    void start();
    void stop();

    server::ServerApp &app() { return *m_app; }
    quint16 port() const { return m_configuration.listen.port; }
    QUrl url() const;       ///< `http://127.0.0.1:PORT`
    QUrl socketUrl() const; ///< `ws://127.0.0.1:PORT/v1/socket`
    QString dataDir() const { return m_configuration.dataDir; }

private:
    QTemporaryDir m_directory;
    server::Configuration m_configuration;
    server::ServerApp::Tuning m_tuning;
    std::unique_ptr<server::ServerApp> m_app;
};

} // namespace confab::test
