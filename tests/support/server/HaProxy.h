// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>

namespace confab::test {

/// A real HAProxy with the shipped configuration before nodes of the loopback, on a free port. It goes with the object.
class HaProxy
{
public:
    HaProxy() = default;
    ~HaProxy();
    Q_DISABLE_COPY_MOVE(HaProxy)

    /// \a options: of scripts/haproxy.sh, which says what is replaced in that configuration. False when it does not
    /// take connections within half a minute.
    bool start(const QList<quint16> &nodes, const QStringList &options = {});

    QUrl url() const; ///< `http://127.0.0.1:PORT`
    QByteArray output() { return m_process.readAll(); }

    /// What scripts/haproxy.sh prints; empty where it fails.
    static QByteArray configuration(const QStringList &arguments);

private:
    QTemporaryDir m_directory;
    QProcess m_process;
    quint16 m_port = 0;
};

} // namespace confab::test
