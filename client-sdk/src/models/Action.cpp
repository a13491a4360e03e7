// SPDX-License-Identifier: MIT
#include <Confab/Action.h>

namespace confab::client {

Action::Action(QObject *parent) : QObject(parent) { }

Action::~Action() = default;

void Action::succeed(const QVariant &value)
{
    if (!m_running)
        return;
    m_running = false;
    m_ok = true;
    m_value = value;
    Q_EMIT finished();
    Q_EMIT succeeded(m_value);
}

void Action::fail(const Error &error)
{
    if (!m_running)
        return;
    m_running = false;
    m_error = error;
    Q_EMIT finished();
    Q_EMIT failed();
}

QVariantMap Action::errorMap() const
{
    if (m_running || m_ok)
        return {};
    return {{QStringLiteral("code"), QString(errorTraits(m_error.code).wireName)},
            {QStringLiteral("message"), m_error.message},
            {QStringLiteral("field"), m_error.field},
            {QStringLiteral("retryAfterMs"), m_error.retryAfterMs}};
}

Action *Action::failing(const Error &error)
{
    auto *action = new Action;
    action->fail(error);
    return action;
}

} // namespace confab::client
