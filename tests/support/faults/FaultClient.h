// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Id.h"

#include <QtCore/QProcess>
#include <QtCore/QUrl>

#include <functional>
#include <memory>

namespace confab::test {

/// An SDK client in a process of its own (fault-client), on a profile that is signed in, to be killed and stopped.
class FaultClient
{
public:
    using Typed = std::function<void(ClientId clientId, const QString &text)>;

    /// \a typed is called for each message that the client has put on disk.
    FaultClient(const QUrl &server, const QString &profileDirectory, Typed typed);
    ~FaultClient();

    /// \a environment: NAME=value, added to this process's. \a largestFile: no file may grow beyond it; -1: no bound.
    bool start(const QStringList &environment = {}, qint64 largestFile = -1);
    void say(ConversationId conversation, const QString &text);
    void kill9();
    void signal(int number);
    qint64 pid() const { return m_process->processId(); }

    QString state() const { return m_state; } ///< The name of a Client::State, empty before the first.
    QString stateReason() const { return m_reason; }
    int typedCount() const { return m_typedCount; }   ///< Since the last start.
    QStringList refused() const { return m_refused; } ///< Codes, since the last start.

    static QString program();

private:
    void read();

    const QUrl m_server;
    const QString m_profile;
    const Typed m_typed;
    std::unique_ptr<QProcess> m_process;
    QString m_state;
    QString m_reason;
    QStringList m_refused;
    int m_typedCount = 0;
};

} // namespace confab::test
