// SPDX-License-Identifier: MIT
#include "server/gateway/contract/SchemaBook.h"

#include <QtCore/QCborArray>
#include <QtCore/QMetaProperty>
#include <QtCore/QRegularExpression>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

const WireType &bare(const WireType &type)
{
    return type.optional ? bare(*type.element) : type;
}

/// Puts what a description promises of lengths and ranges into the schema of a request's field.
void addRules(QCborMap &schema, const QString &description)
{
    static const QRegularExpression between(uR"(\b(\d+) to (\d+) code points)"_s);
    static const QRegularExpression longest(uR"(\bAt most (\d+) code points)"_s);
    static const QRegularExpression items(uR"(\bAt most (\d+) items)"_s);
    static const QRegularExpression least(uR"(\bAt least (\d+)\b)"_s);
    if (const QRegularExpressionMatch match = between.match(description); match.hasMatch()) {
        schema.insert(u"minLength"_s, match.captured(1).toLongLong());
        schema.insert(u"maxLength"_s, match.captured(2).toLongLong());
    }
    if (const QRegularExpressionMatch match = longest.match(description); match.hasMatch())
        schema.insert(u"maxLength"_s, match.captured(1).toLongLong());
    if (const QRegularExpressionMatch match = items.match(description); match.hasMatch())
        schema.insert(u"maxItems"_s, match.captured(1).toLongLong());
    if (const QRegularExpressionMatch match = least.match(description); match.hasMatch())
        schema.insert(u"minimum"_s, match.captured(1).toLongLong());
}

/// A newer server may know more values than its clients, so a reply's enum is open.
QCborMap enumSchema(const QMetaEnum &meta, SchemaBook::Direction direction)
{
    QCborArray names;
    for (int i = 0; i < meta.keyCount(); ++i) {
        if (meta.value(i) == 0)
            continue; // Unknown, which never travels
        const QString key = QString::fromLatin1(meta.key(i));
        names.append(QString(key.at(0).toLower() + key.mid(1)));
    }
    if (direction == SchemaBook::Direction::Request)
        return {{u"type"_s, u"string"_s}, {u"enum"_s, names}};
    return SchemaBook::openEnum(names,
                                u"A value of a newer server: to be kept, and shown as one that needs an update."_s);
}

bool takesNull(const WireType &type)
{
    return type.optional && type.isPatch;
}

} // namespace

SchemaBook::SchemaBook(const DocComments &comments, const Limits &limits) : m_comments(comments), m_limits(limits) { }

QCborMap SchemaBook::openEnum(const QCborArray &names, const QString &newer)
{
    return {{u"type"_s, u"string"_s},
            {u"anyOf"_s, QCborArray{QCborMap{{u"enum"_s, names}}, QCborMap{{u"description"_s, newer}}}}};
}

QCborMap SchemaBook::reference(const ContractType &type, Direction direction)
{
    return reference(type.name, *type.plan, direction);
}

QCborMap SchemaBook::reference(const QByteArray &name, const WirePlan &plan, Direction direction)
{
    const QString key = QString::fromLatin1(name);
    if (!m_schemas.contains(key)) {
        m_schemas.insert(key, {}); // named before it is written: a type may hold itself
        m_schemas[key] = objectOf(name, plan, direction, [](const WireField &) { return true; });
    }
    return {{u"$ref"_s, u"#/components/schemas/"_s + key}};
}

QCborMap SchemaBook::object(const ContractType &type, Direction direction,
                            const std::function<bool(const WireField &)> &wanted)
{
    return objectOf(type.name, *type.plan, direction, wanted);
}

QCborMap SchemaBook::objectOf(const QByteArray &name, const WirePlan &plan, Direction direction,
                              const std::function<bool(const WireField &)> &wanted)
{
    QCborMap properties;
    QCborArray required;
    for (const WireField &each : plan.fields()) {
        if (!wanted(each))
            continue;
        properties.insert(QString::fromUtf8(each.name), field(name, each, direction));
        if (isRequired(each, direction))
            required.append(QString::fromUtf8(each.name));
    }
    QCborMap schema{{u"type"_s, u"object"_s}};
    if (const QString description = describe(name); !description.isEmpty())
        schema.insert(u"description"_s, description);
    if (!required.isEmpty())
        schema.insert(u"required"_s, required);
    schema.insert(u"properties"_s, properties);
    return schema;
}

bool SchemaBook::isRequired(const WireField &field, Direction direction)
{
    return !field.type->optional && (direction == Direction::Reply || field.type->kind != WireKind::List);
}

QCborMap SchemaBook::field(const QByteArray &type, const WireField &field, Direction direction)
{
    QCborMap schema = valueSchema(*field.type, direction);
    const QString description = describe(type, field.name);
    if (takesNull(*field.type))
        schema = {{u"anyOf"_s, QCborArray{schema, QCborMap{{u"type"_s, u"null"_s}}}}};
    if (description.isEmpty())
        return schema;
    if (direction == Direction::Request) {
        if (takesNull(*field.type)) {
            QCborArray choices = schema.value(u"anyOf"_s).toArray();
            QCborMap set = choices.at(0).toMap();
            addRules(set, description);
            choices[0] = set;
            schema.insert(u"anyOf"_s, choices);
        } else {
            addRules(schema, description);
        }
    }
    if (schema.contains(u"$ref"_s)) // draft 7 overlooks what stands beside a reference
        schema = {{u"allOf"_s, QCborArray{schema}}};
    schema.insert(u"description"_s, description);
    return schema;
}

QCborMap SchemaBook::valueSchema(const WireType &wire, Direction direction)
{
    const WireType &type = bare(wire);
    switch (type.kind) {
    case WireKind::Boolean:
        return {{u"type"_s, u"boolean"_s}};
    case WireKind::Integer:
        return {{u"type"_s, u"integer"_s}, {u"format"_s, u"int64"_s}};
    case WireKind::Text:
        return {{u"type"_s, u"string"_s}};
    case WireKind::Id:
        return {{u"type"_s, u"string"_s}, {u"format"_s, u"uuid"_s}};
    case WireKind::Enum:
        return enumSchema(type.enumeration, direction);
    case WireKind::List:
        return {{u"type"_s, u"array"_s}, {u"items"_s, valueSchema(*type.element, direction)}};
    case WireKind::Value:
        break;
    }
    return reference(ContractType::typeName(*type.gadget), type.plan(), direction);
}

QCborMap SchemaBook::schemas() const
{
    QCborMap all;
    for (auto schema = m_schemas.begin(); schema != m_schemas.end(); ++schema)
        all.insert(schema.key(), schema.value());
    return all;
}

QString SchemaBook::withLimits(QString text) const
{
    const QMetaObject &meta = Limits::staticMetaObject;
    for (int i = 0; i < meta.propertyCount(); ++i) {
        const QMetaProperty limit = meta.property(i);
        const QString name = u'{' + QString::fromLatin1(limit.name()) + u'}';
        if (text.contains(name))
            text.replace(name, QString::number(limit.readOnGadget(&m_limits).toLongLong()));
    }
    return text;
}

} // namespace confab::server
