// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/http/HttpMessage.h"

#include <memory>
#include <optional>

namespace confab::server {

/// Why a request could not be read: the status to answer and what to say.
struct HttpFault
{
    int status = 400;
    QByteArray reason;
};

/// Reads requests from bytes as they come, one after another, within limits on header and body.
class HttpParser
{
public:
    HttpParser(qint64 headerBytes, qint64 bodyBytes);
    ~HttpParser();
    Q_DISABLE_COPY_MOVE(HttpParser)

    void append(QByteArrayView bytes) { m_buffer.append(bytes); }

    enum class Step {
        NeedMore, ///< Nothing to do before more bytes come.
        Continue, ///< The header came and its sender waits for "100 Continue".
        Request,  ///< A whole request: take it with takeRequest().
        Fault,    ///< See fault(). Nothing more can be read.
    };

    /// Reads on from what was appended.
    Step step();

    /// The request; the parser begins the next one.
    HttpRequest takeRequest();
    const HttpFault &fault() const { return m_fault; }

    bool hasHeader() const;
    /// Whether a byte of the next request came.
    bool hasBegun() const { return m_begun || !m_buffer.isEmpty(); }

    /// What was appended and not read: after an upgrade these bytes are no HTTP.
    QByteArray takeRest() { return std::exchange(m_buffer, {}); }

private:
    struct State;

    void begin();
    Step fail(int status, const QByteArray &reason);
    std::optional<Step> checkHeader();

    const qint64 m_headerBytes;
    const qint64 m_bodyBytes;
    QByteArray m_buffer;
    std::unique_ptr<State> m_state; // of the request being read; null between requests
    HttpFault m_fault;
    bool m_begun = false;
    bool m_headerChecked = false;
    bool m_failed = false;
};

} // namespace confab::server
