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
    explicit ServerUnderTest(QString program) : m_program(std::move(program)) { }
    ~ServerUnderTest();

    /// Starts it and waits until it says where it listens (30 s at most).
    Result<quint16> start(int shards);

    /// Resident set in bytes (VmRSS of proc(5)).
    qint64 residentBytes() const;

private:
    const QString m_program;
    QTemporaryDir m_directory;
    QProcess m_process;
};

} // namespace confab::bench
