// SPDX-License-Identifier: MIT
#include "shared/protocol/Json.h"

#include <QtCore/QCborMap>
#include <QtCore/QCborValue>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QVarLengthArray>

namespace confab {
using namespace Qt::StringLiterals;

namespace {

constexpr int kMaxDepth = 64;
constexpr qsizetype kMaxFieldBytes = 64;

/// What Qt's parser lets through and we do not. Runs over the raw bytes once.
class JsonGate
{
public:
    explicit JsonGate(QByteArrayView bytes) : m_json(bytes) { }

    Result<Done> check()
    {
        for (qsizetype i = 0; i < m_json.size(); ++i) {
            const char c = m_json[i];
            if (c == '"') {
                const qsizetype begin = i + 1;
                const qsizetype bad = endOfText(&i);
                if (bad >= 0)
                    return loneSurrogate(bad);
                m_text = m_json.sliced(begin, qMin(i, m_json.size()) - begin);
            } else if (c == ':') {
                m_key = m_text;
            } else if (c == '{' || c == '[') {
                if (m_open.size() == kMaxDepth)
                    return Error::invalid(QString(), u"JSON nests deeper than 64 levels"_s);
                m_open.append(c);
            } else if ((c == '}' || c == ']') && !m_open.isEmpty()) {
                m_open.removeLast();
            }
            if (!QByteArrayView(" \t\r\n").contains(c))
                m_previous = c;
        }
        return Done{};
    }

private:
    /// Returns the four hex digits at \a i as a number, or -1.
    int hex4(qsizetype i) const
    {
        if (i + 4 > m_json.size())
            return -1;
        bool ok = false;
        const int value = m_json.sliced(i, 4).toInt(&ok, 16);
        return ok ? value : -1;
    }

    /// Moves \a i from a text's opening quote to its closing one, or behind the end. Returns where half a surrogate
    /// pair is escaped, or -1.
    qsizetype endOfText(qsizetype *i) const
    {
        for (qsizetype at = *i + 1; at < m_json.size(); ++at) {
            if (m_json[at] == '"') {
                *i = at;
                return -1;
            }
            if (m_json[at] != '\\')
                continue;
            ++at;
            if (at >= m_json.size() || m_json[at] != 'u')
                continue;
            const int unit = hex4(at + 1);
            if (unit >= 0xdc00 && unit <= 0xdfff)
                return at;
            if (unit >= 0xd800 && unit <= 0xdbff) {
                const bool escaped = m_json.sliced(qMin(at + 5, m_json.size())).startsWith("\\u");
                const int low = escaped ? hex4(at + 7) : -1;
                if (low < 0xdc00 || low > 0xdfff)
                    return at;
                at += 10;
            }
        }
        *i = m_json.size();
        return -1;
    }

    /// The field is the member whose value the text is; the text may itself be a member's name.
    Error loneSurrogate(qsizetype offset) const
    {
        const bool isKey = !m_open.isEmpty() && m_open.last() == '{' && (m_previous == '{' || m_previous == ',');
        return Error::invalid(
            isKey ? QString() : QString::fromUtf8(m_key.first(qMin(m_key.size(), kMaxFieldBytes))),
            u"JSON escapes half a surrogate pair at byte %1; text must be well-formed Unicode"_s.arg(offset));
    }

    const QByteArrayView m_json;
    QVarLengthArray<char, kMaxDepth> m_open; // brackets
    QByteArrayView m_text;                   // the last one that ended
    QByteArrayView m_key;                    // the last one that a colon followed
    char m_previous = 0;                     // the last character outside of texts that is no space
};

} // namespace

Result<QByteArray> jsonToCbor(const QByteArray &json)
{
    const Result<Done> gate = JsonGate(json).check();
    if (!gate)
        return gate.error();
    QJsonParseError parse;
    const QJsonDocument document = QJsonDocument::fromJson(json, &parse);
    if (parse.error != QJsonParseError::NoError)
        return Error::invalid(QString(),
                              u"not well-formed JSON at byte %1: %2"_s.arg(parse.offset).arg(parse.errorString()));
    if (!document.isObject())
        return Error::invalid(QString(), u"must be a JSON object"_s);
    return QCborValue(QCborMap::fromJsonObject(document.object())).toCbor();
}

qint64 jsonRequestId(const QByteArray &json)
{
    const qint64 id = QJsonDocument::fromJson(json).object().value("id"_L1).toInteger();
    return id > 0 ? id : 0;
}

QByteArray cborToJson(const QByteArray &cbor)
{
    return QJsonDocument(QCborValue::fromCbor(cbor).toMap().toJsonObject()).toJson(QJsonDocument::Compact);
}

} // namespace confab
