// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/Async.h"
#include "server/runtime/TokenBucket.h"

#include <QtCore/QList>
#include <QtCore/QString>

namespace confab::server {

/// Token buckets by key, each full at first. Thread-safe.
class Buckets
{
public:
    /// A token of the bucket of this key, which fills at this rate.
    struct Token
    {
        QString key;
        TokenBucket::Rate rate;
    };

    /// All were taken, or none: then by which of them one has to wait longest, and how long.
    struct Taken
    {
        int refusedBy = -1; ///< Its index; -1: they were taken.
        qint64 waitMs = 0;

        bool isRefused() const { return refusedBy >= 0; }
    };

    virtual ~Buckets() = default;

    /// Takes all of the tokens, whose keys differ, or none of them, as one step. An error, always `unavailable`: it is
    /// not known whether they were taken.
    virtual Task<Taken> take(QList<Token> tokens) = 0;

    /// Gives one back, as far as its bucket is not full. May be lost where take() may fail.
    virtual void giveBack(const Token &token) = 0;
};

} // namespace confab::server
