// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Export.h>
#include <Confab/Types.h>
#include <Confab/WhenDone.h>

#include <QtCore/QFuture>
#include <QtCore/QObject>
#include <QtCore/QVariantMap>

#include <memory>

namespace confab::client {

class ActionPrivate;

/// One asynchronous call as QML sees it: running at first, then succeeded or failed, once.
///
/// Lives in the thread of its client. One that a model or client of QML returns belongs to the QML engine; in C++ the
/// caller owns it. Destroying it does not stop what it stands for.
class CONFAB_CLIENT_EXPORT Action : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool running READ isRunning NOTIFY finished)
    Q_PROPERTY(bool ok READ isOk NOTIFY finished)
    Q_PROPERTY(QVariant value READ value NOTIFY finished)
    Q_PROPERTY(QVariantMap error READ errorMap NOTIFY finished)
    Q_PROPERTY(QString errorMessage READ errorMessage NOTIFY finished)
    Q_PROPERTY(QString errorField READ errorField NOTIFY finished)

public:
    explicit Action(QObject *parent = nullptr);
    ~Action() override;

    bool isRunning() const;
    /// Whether it finished with success.
    bool isOk() const;
    /// What the call gave; invalid while running, after a failure, and of calls that give nothing.
    QVariant value() const;
    /// What is wrong. Means something only after a failure.
    Error error() const;
    /// The same for QML: code (by its wire name), message, field and retryAfterMs; empty where nothing is wrong.
    QVariantMap errorMap() const;
    /// For people; empty where nothing is wrong.
    QString errorMessage() const;
    /// The parameter at fault, as the contract calls it; empty where none is.
    QString errorField() const;

    /// Ends the action with success or failure; only the first call counts.
    void succeed(const QVariant &value = {});
    void fail(const Error &error);

    /// Returns an action that ends as \a future does. An id is given as its text.
    template<typename T>
    static Action *of(const QFuture<Result<T>> &future)
    {
        auto *action = new Action;
        whenDone(future, action, [action](const Result<T> &result) {
            if (!result)
                action->fail(result.error());
            else if constexpr (std::is_same_v<T, Done>)
                action->succeed();
            else if constexpr (std::is_base_of_v<IdBase, T>)
                action->succeed(result->toString());
            else
                action->succeed(QVariant::fromValue(*result));
        });
        return action;
    }

    /// Returns an action that failed already.
    static Action *failing(const Error &error);

Q_SIGNALS:
    /// It is over, either way. Comes before succeeded() or failed().
    void finished();
    void succeeded(const QVariant &value);
    void failed();

private:
    std::unique_ptr<ActionPrivate> d;
};

} // namespace confab::client
