// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Export.h"

#include <QtCore/QtGlobal>

#include <atomic>

namespace confab {

/// What time it is. Injected wherever time matters, so that tests own it. Implementations are thread-safe.
class Clock
{
public:
    virtual ~Clock() = default;

    /// Milliseconds since 1970-01-01 UTC, for what people see. May jump either way.
    virtual qint64 utcMs() const = 0;
    /// Milliseconds of a clock that never goes back, for durations. Its zero means nothing.
    virtual qint64 monotonicMs() const = 0;
};

class CONFAB_EXPORT SystemClock final : public Clock
{
public:
    qint64 utcMs() const override;
    qint64 monotonicMs() const override;
};

/// A clock that stands still until a test moves it.
class ManualClock final : public Clock
{
public:
    explicit ManualClock(qint64 utcMs = 1'700'000'000'000) : m_utcMs(utcMs) { }

    qint64 utcMs() const override { return m_utcMs; }
    qint64 monotonicMs() const override { return m_monotonicMs; }

    void advance(qint64 milliseconds)
    {
        m_utcMs += milliseconds;
        m_monotonicMs += milliseconds;
    }
    void jumpUtc(qint64 milliseconds) { m_utcMs += milliseconds; }

private:
    std::atomic<qint64> m_utcMs;
    std::atomic<qint64> m_monotonicMs = 1'000'000;
};

} // namespace confab
