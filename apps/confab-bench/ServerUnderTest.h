// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"

#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>

namespace confab::bench {

/// A confabd of our own in a temporary directory, on a free port of loopback, with cheap password hashing and the
/// flood limits off, since thousands of accounts sign in from one address.
class ServerUnderTest
{
public:
    /// \a arguments are added to its own.
    explicit ServerUnderTest(QString program, QStringList arguments = {})
        : m_program(std::move(program)), m_arguments(std::move(arguments))
    {
    }
    ~ServerUnderTest();

    /// Starts it and waits until it says where it listens (30 s at most).
    Result<quint16> start(int shards);

    /// Kills it and starts it again on the same data and port, as after a crash.
    Result<Done> restart();

    void signal(int number);

    /// Resident set in bytes (VmRSS of proc(5)).
    qint64 residentBytes() const;

private:
    Result<Done> launch();

    const QString m_program;
    const QStringList m_arguments;
    int m_shards = 0;
    quint16 m_port = 0;
    QTemporaryDir m_directory;
    QProcess m_process;
};

} // namespace confab::bench
