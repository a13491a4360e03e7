// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/contract/ContractOperation.h"
#include "server/gateway/contract/DocComments.h"

namespace confab::server {

/// Writes the JSON Schemas of the contract's types, and keeps those that others refer to by name.
///
/// They keep to what draft 7 (AsyncAPI) and 2020-12 (OpenAPI 3.1) have in common. A field's comment is its description;
/// `{messageLength}` in it becomes the number of that limit, and of these phrases the rules are made:
///
///     1 to 64 code points.   At most 64 code points.   At most 200 items.   At least 1.
class SchemaBook
{
public:
    /// Whose words a schema describes: a request holds to the rules, a reply may come from a newer server.
    enum class Direction { Request, Reply };

    SchemaBook(const DocComments &comments, const Limits &limits);

    /// A reference to the type's schema, which is written at its first use.
    QCborMap reference(const ContractType &type, Direction direction);

    /// The schema of an object of those fields of a type that \a wanted takes.
    QCborMap object(const ContractType &type, Direction direction,
                    const std::function<bool(const WireField &)> &wanted);

    /// One of these names, or one of a newer peer, as \a newer describes it.
    static QCborMap openEnum(const QCborArray &names, const QString &newer);

    QCborMap field(const QByteArray &type, const WireField &field, Direction direction);
    static bool isRequired(const WireField &field, Direction direction);

    /// A type's comment with the limits put in.
    QString describe(const QByteArray &type) const { return withLimits(m_comments.of(type)); }
    QString describe(const QByteArray &type, const QByteArray &field) const
    {
        return withLimits(m_comments.of(type, field));
    }

    void add(const QString &name, const QCborMap &schema) { m_schemas.insert(name, schema); }

    /// All that was referred to, by name in alphabetical order.
    QCborMap schemas() const;

private:
    QCborMap reference(const QByteArray &name, const WirePlan &plan, Direction direction);
    QCborMap objectOf(const QByteArray &name, const WirePlan &plan, Direction direction,
                      const std::function<bool(const WireField &)> &wanted);
    QCborMap valueSchema(const WireType &type, Direction direction);
    QString withLimits(QString text) const;

    const DocComments &m_comments;
    const Limits m_limits;
    QMap<QString, QCborMap> m_schemas;
};

} // namespace confab::server
