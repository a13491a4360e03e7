// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QThread>

#include <functional>
#include <utility>

namespace confab {

/// A thread that runs one function under a name.
///
/// In place of QThread::create(), which runs the function within a std::call_once of its own: ThreadSanitizer does not
/// look into that, and sees no race in such a thread. It must have ended before it is destroyed, as any QThread.
class FunctionThread final : public QThread
{
public:
    explicit FunctionThread(std::function<void()> function, const QString &name = {}) : m_function(std::move(function))
    {
        setObjectName(name);
    }

protected:
    void run() override { m_function(); }

private:
    const std::function<void()> m_function;
};

} // namespace confab
