// SPDX-License-Identifier: MIT
#include "server/gateway/http/HttpParser.h"

// Beast 1.74 asserts that five bytes came of a body without chunks whose end is awaited; three may have, which it
// handles.
#define BOOST_DISABLE_ASSERTS
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/dynamic_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>

namespace confab::server {

namespace http = boost::beast::http;

namespace {

/// Unlike string_body it reserves nothing by what Content-Length claims.
using Body = http::basic_dynamic_body<boost::beast::flat_buffer>;

QByteArray toBytes(boost::beast::string_view text)
{
    return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}

struct Target
{
    QByteArray path;
    QByteArray query;
};

/// The target of a request in origin, absolute or asterisk form (RFC 9112, section 3.2); nullopt when it is none.
std::optional<Target> splitTarget(QByteArray target)
{
    // The absolute form is for proxies, but has to be understood.
    if (const qsizetype scheme = target.indexOf("://"); scheme > 0 && !target.startsWith('/')) {
        const QByteArray name = target.left(scheme).toLower();
        if (name != "http" && name != "https")
            return std::nullopt;
        target.remove(0, scheme + 3);
        const auto end = std::find_if(target.cbegin(), target.cend(), [](char c) { return c == '/' || c == '?'; });
        target.remove(0, end - target.cbegin());
        if (!target.startsWith('/'))
            target.prepend('/');
    }
    if (!target.startsWith('/') && target != "*")
        return std::nullopt;
    const qsizetype mark = target.indexOf('?');
    return mark < 0 ? Target{target, {}} : Target{target.left(mark), target.mid(mark + 1)};
}

int statusOf(const boost::beast::error_code &code)
{
    if (code == http::error::header_limit)
        return 431;
    if (code == http::error::body_limit || code == http::error::buffer_overflow)
        return 413;
    if (code == http::error::bad_version)
        return 505;
    return 400;
}

} // namespace

struct HttpParser::State
{
    http::request_parser<Body> parser;
    qint64 headerBytes = 0; ///< So far.
    Target target;
    QList<HttpField> fields; ///< Of the header; what comes behind a chunked body counts for nothing.
};

HttpParser::HttpParser(qint64 headerBytes, qint64 bodyBytes) : m_headerBytes(headerBytes), m_bodyBytes(bodyBytes) { }

HttpParser::~HttpParser() = default;

bool HttpParser::hasHeader() const
{
    return m_state && m_state->parser.is_header_done();
}

void HttpParser::begin()
{
    m_state = std::make_unique<State>();
    // Beast counts line ends or not as the bytes are cut. Its limit only has to come after ours.
    m_state->parser.header_limit(static_cast<std::uint32_t>(2 * m_headerBytes));
    m_state->parser.body_limit(static_cast<std::uint64_t>(m_bodyBytes));
    m_headerChecked = false;
}

HttpParser::Step HttpParser::fail(int status, const QByteArray &reason)
{
    m_failed = true;
    m_fault = {status, reason};
    m_buffer.clear();
    return Step::Fault;
}

HttpParser::Step HttpParser::step()
{
    if (m_failed)
        return Step::Fault;
    if (!m_begun) {
        // RFC 9112, section 2.2: empty lines before a request are ignored.
        while (m_buffer.startsWith("\r\n"))
            m_buffer.remove(0, 2);
        if (m_buffer == "\r")
            return Step::NeedMore;
    }
    while (!m_buffer.isEmpty()) {
        if (!m_state)
            begin();
        m_begun = true;
        boost::beast::error_code code;
        const std::size_t used = m_state->parser.put(
            boost::asio::buffer(m_buffer.constData(), static_cast<std::size_t>(m_buffer.size())), code);
        m_buffer.remove(0, static_cast<qsizetype>(used));
        if (code && code != http::error::need_more)
            return fail(statusOf(code), QByteArray::fromStdString(code.message()));
        if (!m_headerChecked) {
            m_state->headerBytes += static_cast<qint64>(used);
            if (m_state->headerBytes + (hasHeader() ? 0 : m_buffer.size()) > m_headerBytes)
                return fail(431, "the header is too long");
        }
        if (hasHeader() && !m_headerChecked) {
            if (const std::optional<Step> step = checkHeader())
                return *step;
        }
        if (m_state->parser.is_done())
            return Step::Request;
        if (used == 0) {
            // A line that does not end: a chunk's size, or trailers.
            if (m_buffer.size() > m_headerBytes)
                return fail(400, "a line is too long");
            break;
        }
    }
    return Step::NeedMore;
}

std::optional<HttpParser::Step> HttpParser::checkHeader()
{
    m_headerChecked = true;
    const auto &message = m_state->parser.get();
    if (message.version() != 11 && message.version() != 10)
        return fail(505, "this server speaks HTTP/1.1");
    if (message.version() == 11 && message.count(http::field::host) != 1)
        return fail(400, "a request names its host once (RFC 9112, section 3.2)");
    std::optional<Target> target = splitTarget(toBytes(message.target()));
    if (!target)
        return fail(400, "the target is a path with or without http:// and a host (RFC 9112, section 3.2)");
    m_state->target = *std::move(target);
    for (const auto &field : message)
        m_state->fields.append(HttpField(toBytes(field.name_string()), toBytes(field.value())));
    // Not before: trailers would stand among the fields that are looked at here.
    m_state->parser.eager(true);
    if (message.count(http::field::content_length) > 1)
        return fail(400, "Content-Length is given twice");
    if (m_state->parser.chunked() && message.count(http::field::content_length) > 0)
        return fail(400, "Content-Length and Transfer-Encoding exclude each other");
    if (message.version() == 10)
        return std::nullopt;
    if (const auto expect = message.find(http::field::expect); expect != message.end()) {
        if (!boost::beast::iequals(expect->value(), "100-continue"))
            return fail(417, "only 100-continue can be expected");
        if (m_buffer.isEmpty() && !m_state->parser.is_done())
            return Step::Continue;
    }
    return std::nullopt;
}

HttpRequest HttpParser::takeRequest()
{
    auto message = m_state->parser.release();
    HttpRequest request;
    request.method = toBytes(message.method_string());
    request.isHttp11 = message.version() == 11;
    request.keepAlive = message.keep_alive();
    request.path = std::move(m_state->target.path);
    request.query = std::move(m_state->target.query);
    request.fields = std::move(m_state->fields);
    const auto body = message.body().cdata();
    request.body = QByteArray(static_cast<const char *>(body.data()), static_cast<qsizetype>(body.size()));
    m_state.reset();
    m_begun = false;
    return request;
}

} // namespace confab::server
