// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Types.h"

#include <QtCore/QByteArray>

namespace confab::server {

/// The API documents of this build, made from the types and operations of shared/protocol.
///
/// \a version is the program's, \a limits those the server holds its clients to. Takes some milliseconds.
QByteArray openApiDocument(const QString &version, const Limits &limits);
QByteArray asyncApiDocument(const QString &version, const Limits &limits);

inline constexpr const char *kOpenApiPath = "/v1/openapi.json";
inline constexpr const char *kAsyncApiPath = "/v1/asyncapi.json";

/// A comment's first sentence, which stands where there is room for one line.
QString firstSentence(const QString &text);

} // namespace confab::server
