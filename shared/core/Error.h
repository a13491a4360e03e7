// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Export.h"

#include <QtCore/QObject>
#include <QtCore/QString>

namespace confab {
Q_NAMESPACE_EXPORT(CONFAB_EXPORT)

/// Why an operation was refused, as both ends know it.
///
/// The wire name is the enumerator with a small first letter. `Unknown` is what an older peer decodes a newer
/// code to; such an error is judged by its HTTP status.
enum class ErrorCode {
    Unknown,
    InvalidArgument,  ///< A field breaks a rule; `field` says which. Trying again cannot help.
    Unauthenticated,  ///< No session, or it ended. Sign in again.
    PermissionDenied, ///< Known, but not allowed to do this.
    NotFound,         ///< Does not exist, or must not be known to exist.
    Conflict,         ///< Taken, or changed meanwhile.
    TooLarge,         ///< Over a limit that `server.info` states.
    RateLimited,      ///< Too much at once; `retryAfterMs` says when to come back.
    Unavailable,      ///< A part of the service, or the network, is away for now.
    Internal,         ///< A fault of the server's own.
};
Q_ENUM_NS(ErrorCode)

/// What the sender of a refused operation should do with it.
enum class ErrorKind {
    Refused,     ///< This item is refused for good.
    SessionOver, ///< The session ended; the item waits for the next sign-in.
    TryAgain,    ///< Come back later; nothing is wrong with the item.
};

/// One row of the table that both ends act by.
struct ErrorTraits
{
    ErrorCode code;
    QLatin1StringView wireName;
    int httpStatus;
    ErrorKind kind;
};

/// Returns the table's row for \a code. Unknown is answered with its own row (status 500, try again).
CONFAB_EXPORT const ErrorTraits &errorTraits(ErrorCode code);

/// Returns the code with this wire name, or Unknown.
CONFAB_EXPORT ErrorCode errorCodeFromWireName(QStringView wireName);

/// Returns the code an HTTP status stands for where the body does not name one (RFC 9110, section 15).
CONFAB_EXPORT ErrorCode errorCodeFromHttpStatus(int status);

/// A refused or failed operation. A plain value, comparable and copyable.
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    QString message; ///< For people: what is wrong, which limit, what to do. Never holds secrets or message texts.
    QString field;   ///< The parameter at fault, empty where none is.
    qint64 retryAfterMs = 0; ///< Milliseconds to wait before trying again; 0 where the client chooses.

    ErrorKind kind() const { return errorTraits(code).kind; }
    bool operator==(const Error &) const = default;

    static Error invalid(const QString &field, const QString &message)
    {
        return {ErrorCode::InvalidArgument, message, field, 0};
    }
    static Error tooLarge(const QString &field, const QString &message)
    {
        return {ErrorCode::TooLarge, message, field, 0};
    }
    static Error unauthenticated(const QString &message) { return {ErrorCode::Unauthenticated, message, {}, 0}; }
    static Error denied(const QString &message) { return {ErrorCode::PermissionDenied, message, {}, 0}; }
    static Error notFound(const QString &message) { return {ErrorCode::NotFound, message, {}, 0}; }
    static Error conflict(const QString &field, const QString &message)
    {
        return {ErrorCode::Conflict, message, field, 0};
    }
    static Error rateLimited(const QString &message, qint64 retryAfterMs)
    {
        return {ErrorCode::RateLimited, message, {}, retryAfterMs};
    }
    static Error unavailable(const QString &message, qint64 retryAfterMs = 0)
    {
        return {ErrorCode::Unavailable, message, {}, retryAfterMs};
    }
    static Error internal(const QString &message) { return {ErrorCode::Internal, message, {}, 0}; }
};

} // namespace confab
