// SPDX-License-Identifier: MIT
#include "shared/protocol/Json.h"

#include <QtCore/QCborMap>
#include <QtCore/QCborValue>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace confab {
using namespace Qt::StringLiterals;

namespace {

constexpr int kMaxDepth = 64;

/// What Qt's parser lets through and we do not. Runs over the raw bytes once.
struct JsonGate
{
    QByteArrayView json;

    /// Returns the four hex digits at \a i as a number, or -1.
    int hex4(qsizetype i) const
    {
        if (i + 4 > json.size())
            return -1;
        bool ok = false;
        const int value = json.sliced(i, 4).toInt(&ok, 16);
        return ok ? value : -1;
    }

    Result<Done> check() const
    {
        int depth = 0;
        bool inText = false;
        for (qsizetype i = 0; i < json.size(); ++i) {
            const char c = json[i];
            if (!inText) {
                if (c == '"')
                    inText = true;
                else if ((c == '{' || c == '[') && ++depth > kMaxDepth)
                    return Error::invalid(QString(), u"JSON nests deeper than 64 levels"_s);
                else if (c == '}' || c == ']')
                    --depth;
                continue;
            }
            if (c == '"') {
                inText = false;
            } else if (c == '\\') {
                ++i;
                if (i >= json.size() || json[i] != 'u')
                    continue;
                const int unit = hex4(i + 1);
                if (unit >= 0xdc00 && unit <= 0xdfff)
                    return loneSurrogate(i);
                if (unit >= 0xd800 && unit <= 0xdbff) {
                    const bool escaped = json.sliced(qMin(i + 5, json.size())).startsWith("\\u");
                    const int low = escaped ? hex4(i + 7) : -1;
                    if (low < 0xdc00 || low > 0xdfff)
                        return loneSurrogate(i);
                    i += 10;
                }
            }
        }
        return Done{};
    }

    static Error loneSurrogate(qsizetype offset)
    {
        return Error::invalid(QString(), u"JSON escapes half a surrogate pair at byte %1; text must be well-formed Unicode"_s.arg(offset));
    }
};

} // namespace

Result<QByteArray> jsonToCbor(const QByteArray &json)
{
    const Result<Done> gate = JsonGate{json}.check();
    if (!gate)
        return gate.error();
    QJsonParseError parse;
    const QJsonDocument document = QJsonDocument::fromJson(json, &parse);
    if (parse.error != QJsonParseError::NoError)
        return Error::invalid(QString(), u"not well-formed JSON at byte %1: %2"_s.arg(parse.offset).arg(parse.errorString()));
    if (!document.isObject())
        return Error::invalid(QString(), u"must be a JSON object"_s);
    return QCborValue(QCborMap::fromJsonObject(document.object())).toCbor();
}

QByteArray cborToJson(const QByteArray &cbor)
{
    return QJsonDocument(QCborValue::fromCbor(cbor).toMap().toJsonObject()).toJson(QJsonDocument::Compact);
}

} // namespace confab
