// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

#include <optional>

namespace confab::server {

// What is read of S3's answers, which are XML. They come from a server that the administrator named, and are read as
// carefully as those of anybody: a malformed one is nothing.

/// The text of the first element of that name at any depth; none where it is missing or the document is broken.
std::optional<QByteArray> textOfElement(const QByteArray &xml, const QByteArray &name);

/// The code of an error document, such as NoSuchUpload; empty where it is none.
QByteArray errorCodeOf(const QByteArray &xml);

} // namespace confab::server
