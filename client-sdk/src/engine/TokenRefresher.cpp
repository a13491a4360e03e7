// SPDX-License-Identifier: MIT
#include "client-sdk/src/engine/TokenRefresher.h"

#include "client-sdk/src/engine/Log.h"

namespace confab::client {

using namespace Qt::StringLiterals;

TokenRefresher::TokenRefresher(const RefreshTimings &timings, std::function<double()> random, QObject *parent)
    : QObject(parent), m_answerWithinMs(timings.answerWithinMs), m_backoff(timings.backoffBaseMs, timings.backoffMaxMs),
      m_random(std::move(random))
{
    for (QTimer *timer : {&m_wait, &m_limit}) {
        timer->setParent(this);
        timer->setSingleShot(true);
    }
    connect(&m_wait, &QTimer::timeout, this, &TokenRefresher::ask);
    connect(&m_limit, &QTimer::timeout, this,
            [this] { answer(m_question, Error::unavailable(u"The app did not say who is signed in."_s)); });
}

void TokenRefresher::enable(bool enabled)
{
    m_enabled = enabled;
    if (!enabled)
        stop();
}

void TokenRefresher::start()
{
    if (m_asking || m_wait.isActive())
        return;
    if (m_backoff.attempts() == 0)
        ask();
    else
        m_wait.start(static_cast<int>(m_backoff.nextMs(m_random())));
}

void TokenRefresher::hurry()
{
    if (m_wait.isActive()) {
        m_wait.stop();
        ask();
    }
}

void TokenRefresher::stop()
{
    ++m_question;
    m_asking = false;
    m_wait.stop();
    m_limit.stop();
    m_backoff.reset();
}

void TokenRefresher::ask()
{
    if (m_backoff.attempts() == 0)
        (void)m_backoff.nextMs(0); // from now on there is an answer that may not have helped
    m_asking = true;
    m_limit.start(static_cast<int>(m_answerWithinMs));
    qCInfo(lcSession) << "asking the app for a token";
    Q_EMIT needed(++m_question);
}

void TokenRefresher::answer(int question, const Result<QString> &token)
{
    if (question != m_question || !m_asking)
        return;
    m_asking = false;
    m_limit.stop();
    if (token && !token->isEmpty()) {
        Q_EMIT ready(*token);
        return;
    }
    const Error error = token ? Error::unauthenticated(u"The app has no token. Sign in again."_s) : token.error();
    if (error.kind() == ErrorKind::TryAgain)
        start();
    Q_EMIT failed(error);
}

} // namespace confab::client
