// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Result.h"
#include "shared/protocol/WireType.h"

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QPair>

namespace confab::server {

/// A parameter as path and query have it: a name and a percent-encoded text.
using TextParameter = QPair<QByteArray, QByteArray>;

/// Splits a query into its parameters; names are decoded, values are not.
QList<TextParameter> splitQuery(const QByteArray &query);

/// Puts together an operation's parameters from path, query and body into one CBOR map for the usual decoder.
///
/// A text becomes what its field is: an integer in decimal, a boolean as `true` or `false`, a list by splitting at
/// commas, everything else as it stands. Names the operation does not know are ignored. What is named in the path and
/// elsewhere too, or twice in the query, is refused, so that no two readers can differ about it.
Result<QByteArray> mergeParameters(const WirePlan &plan, const QList<TextParameter> &path,
                                   const QList<TextParameter> &query, const QByteArray &jsonBody);

} // namespace confab::server
