// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Backoff.h"
#include "shared/core/Result.h"

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <functional>

namespace confab::client {

/// How long a refresher waits for what, in milliseconds.
struct RefreshTimings
{
    qint64 backoffBaseMs = 2'000;
    qint64 backoffMaxMs = 5 * 60'000;
    qint64 answerWithinMs = 60'000; ///< An app that says nothing for so long has no token for now.
};

/// Asks the app for a new token when the session is over: one question at a time, at once for the first, and slower
/// each time the answer did not help.
class TokenRefresher : public QObject
{
    Q_OBJECT

public:
    TokenRefresher(const RefreshTimings &timings, std::function<double()> random, QObject *parent);

    /// Whether there is anybody to ask.
    bool isEnabled() const { return m_enabled; }
    void enable(bool enabled);

    /// A token is needed. Asks now, or after a wait where the last answer did not help; does nothing while a question
    /// or a wait is under way.
    void start();
    /// A person waits: ends a wait.
    void hurry();
    /// Nothing is needed any more. A late answer has no effect.
    void stop();
    /// The session that came of the last answer stands.
    void worked() { m_backoff.reset(); }

    bool isAsking() const { return m_asking; }
    bool isWaiting() const { return m_wait.isActive(); }

    /// The app's answer to a question.
    void answer(int question, const Result<QString> &token);

Q_SIGNALS:
    /// The app is to be asked.
    void needed(int question);
    void ready(const QString &token);
    /// There was none. Another question follows by itself where trying again can help.
    void failed(const confab::Error &error);

private:
    void ask();

    const qint64 m_answerWithinMs;
    Backoff m_backoff;
    std::function<double()> m_random;
    QTimer m_wait;
    QTimer m_limit;
    int m_question = 0;
    bool m_enabled = false;
    bool m_asking = false;
};

} // namespace confab::client
