// SPDX-License-Identifier: MIT
#include <Confab/Action.h>

namespace confab::client {

/// How an action stands.
class ActionPrivate
{
public:
    bool running = true;
    bool ok = false;
    QVariant value;
    Error error;
};

Action::Action(QObject *parent) : QObject(parent), d(std::make_unique<ActionPrivate>()) { }

Action::~Action() = default;

bool Action::isRunning() const
{
    return d->running;
}

bool Action::isOk() const
{
    return d->ok;
}

QVariant Action::value() const
{
    return d->value;
}

Error Action::error() const
{
    return d->error;
}

QString Action::errorMessage() const
{
    return d->error.message;
}

QString Action::errorField() const
{
    return d->error.field;
}

void Action::succeed(const QVariant &value)
{
    if (!d->running)
        return;
    d->running = false;
    d->ok = true;
    d->value = value;
    Q_EMIT finished();
    Q_EMIT succeeded(value);
}

void Action::fail(const Error &error)
{
    if (!d->running)
        return;
    d->running = false;
    d->error = error;
    Q_EMIT finished();
    Q_EMIT failed();
}

QVariantMap Action::errorMap() const
{
    if (d->running || d->ok)
        return {};
    return {{QStringLiteral("code"), QString(errorTraits(d->error.code).wireName)},
            {QStringLiteral("message"), d->error.message},
            {QStringLiteral("field"), d->error.field},
            {QStringLiteral("retryAfterMs"), d->error.retryAfterMs}};
}

Action *Action::failing(const Error &error)
{
    auto *action = new Action;
    action->fail(error);
    return action;
}

} // namespace confab::client
