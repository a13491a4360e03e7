// SPDX-License-Identifier: MIT
// Input: a line that chooses an operation, a line with the value of a path parameter, a line with a query, then a JSON
// body: what a REST request is made of.
#include "server/gateway/http/TextParameters.h"
#include "shared/protocol/Codec.h"
#include "tests/fuzz/Input.h"
#include "tests/fuzz/Target.h"
#include "tests/fuzz/ValueTypes.h"

namespace confab::fuzz {

using namespace confab::server;

namespace {

/// The operation of this name. A name that is none stands for the one that the sum of its bytes chooses.
const ValueType &chosenOperation(const QByteArray &line)
{
    std::vector<const ValueType *> operations;
    for (const ValueType &type : valueTypes()) {
        if (type.role == ValueType::Role::Parameters && type.name == line)
            return type;
        if (type.role == ValueType::Role::Parameters)
            operations.push_back(&type);
    }
    return *operations[byteSum(line) % operations.size()];
}

bool isHex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Percent signs with two hexadecimal digits behind each (RFC 3986, section 2.1).
bool isPercentEncoded(const QByteArray &text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && (i + 2 >= text.size() || !isHex(text[i + 1]) || !isHex(text[i + 2])))
            return false;
    }
    return true;
}

} // namespace

void runInput(const QByteArray &input)
{
    Input parts(input);
    const ValueType &operation = chosenOperation(parts.line());
    const QByteArray segment = parts.line();
    const QList<TextParameter> query = splitQuery(parts.line());
    QList<TextParameter> path;
    if (!segment.isEmpty() && !operation.plan->fields().empty())
        path.append({operation.plan->fields().front().name, segment});

    const Result<QByteArray> merged = mergeParameters(*operation.plan, path, query, parts.rest());
    if (!merged) {
        require(!merged.error().message.isEmpty(), "a refusal says why");
        return;
    }
    for (const TextParameter &parameter : path + query) {
        const bool isKnown = operation.plan->find(parameter.first) != nullptr;
        require(!isKnown || isPercentEncoded(parameter.second), "what is taken is percent-encoded as it has to be");
    }
    decodeValue(operation, *merged);
}

} // namespace confab::fuzz
