// SPDX-License-Identifier: MIT
#include "shared/core/Error.h"

#include <array>

namespace confab {
using namespace Qt::StringLiterals;

namespace {
constexpr std::array kTable{
    ErrorTraits{ErrorCode::Unknown, QLatin1StringView("unknown"), 500, ErrorKind::TryAgain},
    ErrorTraits{ErrorCode::InvalidArgument, QLatin1StringView("invalidArgument"), 400, ErrorKind::Refused},
    ErrorTraits{ErrorCode::Unauthenticated, QLatin1StringView("unauthenticated"), 401, ErrorKind::SessionOver},
    ErrorTraits{ErrorCode::PermissionDenied, QLatin1StringView("permissionDenied"), 403, ErrorKind::Refused},
    ErrorTraits{ErrorCode::NotFound, QLatin1StringView("notFound"), 404, ErrorKind::Refused},
    ErrorTraits{ErrorCode::Conflict, QLatin1StringView("conflict"), 409, ErrorKind::Refused},
    ErrorTraits{ErrorCode::TooLarge, QLatin1StringView("tooLarge"), 413, ErrorKind::Refused},
    ErrorTraits{ErrorCode::RateLimited, QLatin1StringView("rateLimited"), 429, ErrorKind::TryAgain},
    ErrorTraits{ErrorCode::Unavailable, QLatin1StringView("unavailable"), 503, ErrorKind::TryAgain},
    ErrorTraits{ErrorCode::Internal, QLatin1StringView("internal"), 500, ErrorKind::TryAgain},
};

constexpr bool tableFollowsEnum()
{
    for (std::size_t i = 0; i < kTable.size(); ++i) {
        if (kTable[i].code != static_cast<ErrorCode>(i))
            return false;
    }
    return true;
}
static_assert(tableFollowsEnum());
} // namespace

const ErrorTraits &errorTraits(ErrorCode code)
{
    const auto index = static_cast<std::size_t>(code);
    return index < kTable.size() ? kTable[index] : kTable[0];
}

ErrorCode errorCodeFromWireName(QStringView wireName)
{
    for (const ErrorTraits &row : kTable) {
        if (row.wireName == wireName)
            return row.code;
    }
    return ErrorCode::Unknown;
}

ErrorCode errorCodeFromHttpStatus(int status)
{
    switch (status) {
    case 401:
        return ErrorCode::Unauthenticated;
    case 403:
        return ErrorCode::PermissionDenied;
    case 404:
        return ErrorCode::NotFound;
    case 409:
        return ErrorCode::Conflict;
    case 413:
        return ErrorCode::TooLarge;
    case 429:
        return ErrorCode::RateLimited;
    case 408:
    case 502:
    case 503:
    case 504:
        return ErrorCode::Unavailable;
    default:
        return status >= 400 && status < 500 ? ErrorCode::InvalidArgument : ErrorCode::Internal;
    }
}

} // namespace confab
