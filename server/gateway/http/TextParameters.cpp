// SPDX-License-Identifier: MIT
#include "server/gateway/http/TextParameters.h"

#include "shared/protocol/Json.h"

#include <QtCore/QCborArray>
#include <QtCore/QCborMap>
#include <QtCore/QCborValue>
#include <QtCore/QStringDecoder>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

bool isHexDigit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

Result<QString> decodeText(const QByteArray &encoded, const QString &field)
{
    for (qsizetype mark = encoded.indexOf('%'); mark >= 0; mark = encoded.indexOf('%', mark + 1)) {
        // Not by toInt(), to which spaces and NUL around a number are nothing.
        if (mark + 2 >= encoded.size() || !isHexDigit(encoded[mark + 1]) || !isHexDigit(encoded[mark + 2]))
            return Error::invalid(field, u"a percent sign must be followed by two hexadecimal digits"_s);
    }
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(QByteArray::fromPercentEncoding(encoded));
    if (decoder.hasError())
        return Error::invalid(field, u"must be well-formed UTF-8 once percent-decoded"_s);
    return text;
}

Result<QCborValue> convertText(const WireType &type, const QByteArray &encoded, const QString &field)
{
    const Result<QString> text = decodeText(encoded, field);
    if (!text)
        return text.error();
    switch (type.kind) {
    case WireKind::Boolean:
        if (*text == "true"_L1 || *text == "false"_L1)
            return QCborValue(*text == "true"_L1);
        return Error::invalid(field, u"must be true or false"_s);
    case WireKind::Integer: {
        bool isNumber = false;
        const qint64 number = text->toLongLong(&isNumber);
        if (!isNumber || text->trimmed() != *text)
            return Error::invalid(field, u"must be a whole number"_s);
        return QCborValue(number);
    }
    case WireKind::Text:
    case WireKind::Id:
    case WireKind::Enum:
        return QCborValue(*text);
    case WireKind::Value:
    case WireKind::List:
        break;
    }
    return Error::invalid(field, u"belongs in the body"_s);
}

/// The list type behind optional and Patch, or null where the field is no list.
const WireType *listType(const WireType *type)
{
    while (type->optional)
        type = type->element;
    return type->kind == WireKind::List ? type : nullptr;
}

Result<QCborValue> convert(const WireType &type, const QByteArray &encoded, const QString &field)
{
    const WireType *list = listType(&type);
    if (!list)
        return convertText(type, encoded, field);
    QCborArray items;
    if (encoded.isEmpty())
        return QCborValue(items);
    for (const QByteArray &item : encoded.split(',')) {
        const Result<QCborValue> value = convertText(*list->element, item, field);
        if (!value)
            return value.error();
        items.append(*value);
    }
    return QCborValue(items);
}

} // namespace

QList<TextParameter> splitQuery(const QByteArray &query)
{
    QList<TextParameter> parameters;
    for (const QByteArray &part : query.split('&')) {
        if (part.isEmpty())
            continue;
        QByteArray text = part;
        text.replace('+', ' ');
        const qsizetype equals = text.indexOf('=');
        parameters.append({QByteArray::fromPercentEncoding(equals < 0 ? text : text.left(equals)),
                           equals < 0 ? QByteArray() : text.mid(equals + 1)});
    }
    return parameters;
}

Result<QByteArray> mergeParameters(const WirePlan &plan, const QList<TextParameter> &path,
                                   const QList<TextParameter> &query, const QByteArray &jsonBody)
{
    QCborMap parameters;
    if (!jsonBody.isEmpty()) {
        const Result<QByteArray> body = jsonToCbor(jsonBody);
        if (!body)
            return body.error();
        if (path.isEmpty() && query.isEmpty())
            return body;
        parameters = QCborValue::fromCbor(*body).toMap();
    }
    for (const TextParameter &parameter : path + query) {
        const WireField *field = plan.find(parameter.first);
        if (!field)
            continue;
        const QString name = QString::fromUtf8(parameter.first);
        if (parameters.contains(name))
            return Error::invalid(name, u"is given twice"_s);
        const Result<QCborValue> value = convert(*field->type, parameter.second, name);
        if (!value)
            return value.error();
        parameters.insert(name, *value);
    }
    return parameters.toCborValue().toCbor();
}

} // namespace confab::server
