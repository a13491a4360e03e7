// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/http/HttpMessage.h"
#include "shared/protocol/Frames.h"

#include <variant>

namespace confab::server {

/// The opening of a WebSocket (RFC 6455, section 4.2), agreed to.
struct Handshake
{
    QByteArray response; ///< The whole "101 Switching Protocols".
    WireFormat format = WireFormat::Json;
};

/// True when the request wants to become a WebSocket.
bool isUpgrade(const HttpRequest &request);

/// Agrees to an upgrade, or says what is wrong with it. Without an offered subprotocol the format is JSON; of several
/// the client's first that we know is taken; of unknown ones alone none can be.
std::variant<Handshake, HttpAnswer> answerUpgrade(const HttpRequest &request);

} // namespace confab::server
