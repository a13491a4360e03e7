// SPDX-License-Identifier: MIT
// Input: a byte that counts pieces, the length of each, then what a client sends. However it is cut, the same requests
// come out, and what is wrong is found.
#include "server/gateway/http/HttpParser.h"
#include "server/gateway/websocket/Handshake.h"
#include "tests/fuzz/Input.h"
#include "tests/fuzz/Target.h"

namespace confab::fuzz {

using namespace confab::server;

namespace {

constexpr qint64 kHeaderBytes = 512;
constexpr qint64 kBodyBytes = 256;

/// What a connection said until its end or a fault.
struct Reading
{
    QList<HttpRequest> requests;
    bool faulty = false;
    bool begun = false;
};

bool isSame(const HttpRequest &a, const HttpRequest &b)
{
    return a.method == b.method && a.path == b.path && a.query == b.query && a.fields == b.fields && a.body == b.body &&
           a.keepAlive == b.keepAlive && a.isHttp11 == b.isHttp11;
}

void readOn(HttpParser &parser, Reading &reading)
{
    for (;;) {
        const HttpParser::Step step = parser.step();
        if (step == HttpParser::Step::Request) {
            reading.requests.append(parser.takeRequest());
        } else if (step == HttpParser::Step::Fault) {
            reading.faulty = true;
            const HttpFault &fault = parser.fault();
            require(fault.status >= 400 && fault.status < 600 && !fault.reason.isEmpty(), "a fault says what it is");
            return;
        } else if (step == HttpParser::Step::NeedMore) {
            reading.begun = parser.hasBegun();
            return;
        } else {
            require(parser.hasHeader(), "only a whole header can ask to continue");
        }
    }
}

Reading read(const QByteArray &bytes, const QByteArray &lengths)
{
    Reading reading;
    HttpParser parser(kHeaderBytes, kBodyBytes);
    feedInPieces(bytes, lengths, [&](const QByteArray &piece) {
        if (reading.faulty)
            return;
        parser.append(piece);
        readOn(parser, reading);
    });
    return reading;
}

void checkRequest(const HttpRequest &request)
{
    require(!request.method.isEmpty(), "a request has a method");
    require(request.path.startsWith('/') || request.path == "*", "a request has a path");
    require(!request.path.contains('?') && !request.path.contains(' '), "a path holds neither query nor space");
    require(request.body.size() <= kBodyBytes, "a body stays within its limit");
    qsizetype headerBytes = 0;
    for (const HttpField &field : request.fields) {
        headerBytes += field.first.size() + field.second.size();
        require(!field.first.isEmpty(), "a field has a name");
        for (const char c : {'\r', '\n', '\0'})
            require(!field.first.contains(c) && !field.second.contains(c), "a field is one line without NUL");
    }
    require(headerBytes <= kHeaderBytes, "fields stay within their limit");
    if (!isUpgrade(request))
        return;
    const std::variant<Handshake, HttpAnswer> answer = answerUpgrade(request);
    if (const Handshake *handshake = std::get_if<Handshake>(&answer)) {
        require(handshake->response.startsWith("HTTP/1.1 101 ") && handshake->response.endsWith("\r\n\r\n") &&
                    handshake->response.indexOf("\r\n\r\n") == handshake->response.size() - 4,
                "an upgrade is answered by one header");
    } else {
        require(std::get_if<HttpAnswer>(&answer)->status >= 400, "an upgrade is agreed to or refused");
    }
}

} // namespace

void runInput(const QByteArray &input)
{
    Input parts(input);
    const QByteArray lengths = parts.bytes(parts.byte() & 0x0f);
    const QByteArray bytes = parts.rest();
    const Reading whole = read(bytes, {});
    for (const HttpRequest &request : whole.requests)
        checkRequest(request);

    const Reading cut = read(bytes, lengths);
    const Reading single = read(bytes, QByteArray(bytes.size(), '\1'));
    for (const Reading &other : {cut, single}) {
        require(std::equal(whole.requests.begin(), whole.requests.end(), other.requests.begin(), other.requests.end(),
                           isSame),
                "the same requests come out however they are cut");
        // Beast looks for a fault in a header at its first bytes, and then not before its end has come.
        const bool waits = !whole.faulty ? whole.begun : true;
        require(whole.faulty == other.faulty || (waits && (whole.begun || other.begun)),
                "a fault is found however the bytes are cut, or its end is waited for");
        require(whole.faulty || other.faulty || whole.begun == other.begun,
                "what is left is the same however the bytes are cut");
    }
}

} // namespace confab::fuzz
