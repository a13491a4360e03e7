// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

namespace confab::test {

/// A real PgBouncer before a PostgreSQL of the loopback, on a free port. It goes with the object.
class PgBouncer
{
public:
    /// \a settings: lines of its section [pgbouncer]. False when it does not take connections within a minute.
    bool start(quint16 postgresPort, const QByteArrayList &settings);
    ~PgBouncer();

    quint16 port() const { return m_port; }
    QByteArray conninfo(const QByteArray &database) const;

private:
    QTemporaryDir m_directory;
    QProcess m_process;
    quint16 m_port = 0;
};

} // namespace confab::test
