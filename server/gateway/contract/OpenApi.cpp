// SPDX-License-Identifier: MIT
#include "server/gateway/contract/ContractDocuments.h"
#include "server/gateway/contract/Examples.h"
#include "server/gateway/contract/OrderedJson.h"
#include "server/gateway/contract/SchemaBook.h"
#include "shared/protocol/Frames.h"

#include <QtCore/QCborArray>
#include <QtCore/QRegularExpression>

namespace confab::server {
using namespace Qt::StringLiterals;
using Direction = SchemaBook::Direction;

namespace {

constexpr auto kIntroduction =
    "Every operation of a Confab server over plain HTTP. The same operations, by the same names and with the same "
    "parameters, go over the WebSocket at /v1/socket, which /v1/asyncapi.json describes and which also carries events."
    "\n\nIds are UUIDs, except messages, which are numbered within their conversation. Times are UTC milliseconds. "
    "Clients ignore fields, error codes and enum values they do not know: servers may be newer. An operation marked "
    "`x-idempotent` may be sent again when its outcome is unknown.";

/// Operations that share method and path: REST tells them apart by a query parameter, OpenAPI has one entry for them.
struct PathItem
{
    QByteArray path;
    QString method;
    QList<const ContractOperation *> operations;
};

QString nameOf(const ContractOperation &operation)
{
    return QString::fromLatin1(operation.info->name);
}

QByteArray selectorOf(const ContractOperation &operation)
{
    const QByteArray path(operation.info->path);
    const qsizetype mark = path.indexOf('?');
    return mark < 0 ? QByteArray() : path.mid(mark + 1);
}

bool takesBody(const ContractOperation &operation)
{
    return operation.info->method != HttpMethod::Get;
}

/// What a request proves its right with: nothing, somebody's token, or the key of a program that the server trusts.
QCborArray securityOf(const OperationInfo &info)
{
    if (info.access == Access::Anyone)
        return {};
    return {QCborMap{{isForSockets(info) ? u"token"_s : u"adminKey"_s, QCborArray()}}};
}

bool isInPath(const ContractOperation &operation, const QByteArray &field)
{
    return QByteArray(operation.info->path).contains('{' + field + '}');
}

bool hasBodyFields(const ContractOperation &operation)
{
    if (!takesBody(operation))
        return false;
    const std::vector<WireField> &fields = operation.parameters.plan->fields();
    return std::any_of(fields.begin(), fields.end(),
                       [&](const WireField &field) { return !isInPath(operation, field.name); });
}

QCborMap reference(const QString &place, const QString &name)
{
    return {{u"$ref"_s, u"#/components/"_s + place + u'/' + name}};
}

QCborMap jsonContent(const QString &type, const QCborMap &schema, const QCborMap &examples)
{
    QCborMap media{{u"schema"_s, schema}};
    if (!examples.isEmpty())
        media.insert(u"examples"_s, examples);
    return {{type, media}};
}

/// "rateLimited" → "RateLimited", the name of the response.
QString responseName(const ErrorTraits &traits)
{
    const QString name(traits.wireName);
    return name.at(0).toUpper() + name.mid(1);
}

constexpr std::array kErrorCodes{ErrorCode::InvalidArgument, ErrorCode::Unauthenticated, ErrorCode::PermissionDenied,
                                 ErrorCode::NotFound,        ErrorCode::Conflict,        ErrorCode::TooLarge,
                                 ErrorCode::RateLimited,     ErrorCode::Unavailable,     ErrorCode::Internal};

/// Puts the OpenAPI document together.
class OpenApi
{
public:
    OpenApi(const QString &version, const Limits &limits)
        : m_version(version), m_comments(DocComments::ofContract()), m_examples(Examples::ofContract()),
          m_operations(contractOperations()), m_book(m_comments, limits)
    {
    }

    QCborMap document()
    {
        const QCborMap paths = pathsOf(items());
        return {{u"openapi"_s, u"3.1.0"_s},
                {u"info"_s, info()},
                {u"servers"_s, QCborArray{QCborMap{{u"url"_s, u"/"_s}, {u"description"_s, u"This server."_s}}}},
                {u"tags"_s, m_tags},
                {u"paths"_s, paths},
                {u"components"_s, components()}};
    }

private:
    QCborMap info() const
    {
        return {{u"title"_s, u"Confab"_s},
                {u"version"_s, m_version},
                {u"summary"_s, u"A chat server's REST interface."_s},
                {u"description"_s, QString::fromLatin1(kIntroduction)},
                {u"license"_s, QCborMap{{u"name"_s, u"MIT"_s}, {u"identifier"_s, u"MIT"_s}}}};
    }

    QList<PathItem> items() const
    {
        QList<PathItem> items;
        for (const ContractOperation &operation : m_operations) {
            if (operation.info->method == HttpMethod::None)
                continue;
            const QByteArray path = QByteArray(operation.info->path).split('?').first();
            const QString method = QString::fromLatin1(methodName(operation.info->method)).toLower();
            const auto same = std::find_if(items.begin(), items.end(), [&](const PathItem &item) {
                return item.path == path && item.method == method;
            });
            if (same == items.end())
                items.append({path, method, {&operation}});
            else
                same->operations.append(&operation);
        }
        return items;
    }

    QCborMap pathsOf(const QList<PathItem> &items)
    {
        QCborMap paths;
        for (const PathItem &item : items) {
            const QString path = QString::fromLatin1(item.path);
            QCborMap methods = paths.value(path).toMap();
            methods.insert(item.method, operationOf(item));
            paths[path] = methods;
        }
        return paths;
    }

    QCborMap operationOf(const PathItem &item)
    {
        const ContractOperation &first = *item.operations.first();
        QStringList names;
        QStringList summaries;
        QStringList descriptions;
        bool idempotent = true;
        for (const ContractOperation *operation : item.operations) {
            const QString description = m_book.describe(operation->parameters.name);
            names.append(nameOf(*operation));
            summaries.append(firstSentence(description));
            descriptions.append(description);
            idempotent = idempotent && operation->info->idempotent;
        }
        const QString tag = names.first().section(u'.', 0, 0);
        const QCborMap tagged{{u"name"_s, tag}};
        if (!m_tags.contains(tagged))
            m_tags.append(tagged);

        QCborMap result{{u"operationId"_s, names.join(u"-or-"_s)},
                        {u"summary"_s, summaries.join(u' ')},
                        {u"description"_s, descriptions.join(u"\n\n"_s)},
                        {u"tags"_s, QCborArray{tag}},
                        {u"x-operations"_s, QCborArray::fromStringList(names)},
                        {u"x-idempotent"_s, idempotent}};
        result.insert(u"security"_s, securityOf(*first.info));
        if (const QCborArray parameters = parametersOf(item); !parameters.isEmpty())
            result.insert(u"parameters"_s, parameters);
        if (hasBodyFields(first))
            result.insert(u"requestBody"_s, bodyOf(first));
        result.insert(u"responses"_s, responsesOf(item));
        return result;
    }

    QCborMap exampleOf(const ContractOperation &operation, bool ofReply) const
    {
        const Result<Examples::Example> example = m_examples.of(operation);
        return example ? (ofReply ? example->reply : example->parameters) : QCborMap();
    }

    QCborArray parametersOf(const PathItem &item)
    {
        QCborArray parameters;
        QList<QByteArray> known;
        for (const ContractOperation *operation : item.operations) {
            for (const WireField &field : operation->parameters.plan->fields()) {
                const bool inPath = isInPath(*operation, field.name);
                if ((takesBody(*operation) && !inPath) || known.contains(field.name))
                    continue;
                known.append(field.name);
                parameters.append(parameterOf(item, *operation, field, inPath));
            }
        }
        return parameters;
    }

    QCborMap parameterOf(const PathItem &item, const ContractOperation &operation, const WireField &field, bool inPath)
    {
        const QString name = QString::fromUtf8(field.name);
        QCborMap schema = m_book.field(operation.parameters.name, field, Direction::Request);
        QString description = schema.take(u"description"_s).toString();
        const bool selects = item.operations.size() > 1 && selectorOf(operation) == field.name;
        if (selects)
            description = (u"Makes it "_s + nameOf(operation) + u". "_s + description).trimmed();
        const bool isAlone = item.operations.size() == 1;
        const bool isRequired =
            inPath ||
            (isAlone && (SchemaBook::isRequired(field, Direction::Request) || selectorOf(operation) == field.name));
        QCborMap parameter{{u"name"_s, name}, {u"in"_s, inPath ? u"path"_s : u"query"_s}};
        if (!description.isEmpty())
            parameter.insert(u"description"_s, description);
        parameter.insert(u"required"_s, isRequired);
        if (schema.value(u"type"_s) == QCborValue(u"array"_s)) {
            parameter.insert(u"style"_s, u"form"_s);
            parameter.insert(u"explode"_s, false);
        }
        parameter.insert(u"schema"_s, schema);
        QCborMap examples;
        for (const ContractOperation *each : item.operations) {
            const QCborMap values = exampleOf(*each, false);
            if (values.contains(name))
                examples.insert(nameOf(*each), QCborMap{{u"value"_s, values.value(name)}});
        }
        if (!examples.isEmpty())
            parameter.insert(u"examples"_s, examples);
        return parameter;
    }

    QCborMap bodyOf(const ContractOperation &operation)
    {
        QCborMap schema = m_book.object(operation.parameters, Direction::Request,
                                        [&](const WireField &field) { return !isInPath(operation, field.name); });
        schema.remove(u"description"_s);
        QCborMap example = exampleOf(operation, false);
        for (const WireField &field : operation.parameters.plan->fields()) {
            if (isInPath(operation, field.name))
                example.remove(QString::fromUtf8(field.name));
        }
        const QCborMap examples{{nameOf(operation), QCborMap{{u"value"_s, example}}}};
        return {{u"required"_s, schema.contains(u"required"_s)},
                {u"content"_s, jsonContent(u"application/json"_s, schema, examples)}};
    }

    QCborMap responsesOf(const PathItem &item)
    {
        const ContractOperation &operation = *item.operations.first();
        QCborMap responses;
        const OperationInfo &info = *operation.info;
        if (operation.repliesEmpty() && info.method == HttpMethod::Delete) {
            responses.insert(u"204"_s, QCborMap{{u"description"_s, u"Done."_s}});
        } else {
            QCborMap examples;
            for (const ContractOperation *each : item.operations)
                examples.insert(nameOf(*each), QCborMap{{u"value"_s, exampleOf(*each, true)}});
            QString description = m_book.describe(operation.reply.name);
            if (description.isEmpty())
                description = u"Done."_s;
            const QCborMap schema = m_book.reference(operation.reply, Direction::Reply);
            responses.insert(QString::number(info.successStatus),
                             QCborMap{{u"description"_s, firstSentence(description)},
                                      {u"content"_s, jsonContent(u"application/json"_s, schema, examples)}});
        }
        const bool needsUser = info.access != Access::Anyone;
        for (const ErrorCode code : kErrorCodes) {
            const ErrorTraits &traits = errorTraits(code);
            const bool told = code == ErrorCode::InvalidArgument || code == ErrorCode::RateLimited ||
                              code == ErrorCode::Unavailable || (code == ErrorCode::Unauthenticated && needsUser) ||
                              (code == ErrorCode::NotFound && QByteArray(info.path).contains('{')) ||
                              (code == ErrorCode::TooLarge && hasBodyFields(operation));
            if (told)
                responses.insert(QString::number(traits.httpStatus), reference(u"responses"_s, responseName(traits)));
        }
        responses.insert(u"default"_s, reference(u"responses"_s, u"Problem"_s));
        return responses;
    }

    static QCborMap problemSchema()
    {
        QCborArray codes;
        for (const ErrorCode code : kErrorCodes)
            codes.append(QString(errorTraits(code).wireName));
        const QCborMap text{{u"type"_s, u"string"_s}};
        auto described = [](QCborMap schema, const QString &description) {
            schema.insert(u"description"_s, description);
            return schema;
        };
        const QCborMap properties{
            {u"title"_s, described(text, u"The status in words."_s)},
            {u"status"_s, QCborMap{{u"type"_s, u"integer"_s}}},
            {u"code"_s, SchemaBook::openEnum(codes, u"A code of a newer server: to be acted on by its HTTP status."_s)},
            {u"detail"_s, described(text, u"For people: what is wrong, which limit, what to do."_s)},
            {u"field"_s, described(text, u"The parameter at fault."_s)},
            {u"retryAfterMs"_s,
             described({{u"type"_s, u"integer"_s}}, u"Milliseconds to wait before trying again."_s)}};
        return {{u"type"_s, u"object"_s},
                {u"description"_s, u"An error as problem details (RFC 9457) of type about:blank."_s},
                {u"required"_s, QCborArray{u"title"_s, u"status"_s, u"code"_s}},
                {u"properties"_s, properties}};
    }

    static QCborMap problemResponse(const QString &description, const QCborMap &example)
    {
        QCborMap media{{u"schema"_s, reference(u"schemas"_s, u"Problem"_s)}};
        if (!example.isEmpty())
            media.insert(u"example"_s, example);
        return {{u"description"_s, description}, {u"content"_s, QCborMap{{u"application/problem+json"_s, media}}}};
    }

    QCborMap components()
    {
        m_book.add(u"Problem"_s, problemSchema());
        QCborMap responses{{u"Problem"_s, problemResponse(u"Refused or failed; `code` says how."_s, {})}};
        for (const ErrorCode code : kErrorCodes) {
            const ErrorTraits &traits = errorTraits(code);
            responses.insert(responseName(traits),
                             problemResponse(m_book.describe("ErrorCode", enumeratorName(code)), {}));
        }
        const auto bearer = [](const QString &description) {
            return QCborMap{{u"type"_s, u"http"_s}, {u"scheme"_s, u"bearer"_s}, {u"description"_s, description}};
        };
        QCborMap schemes{{u"token"_s, bearer(u"The token that account.register or session.open gave."_s)}};
        const bool hasAdminKey = std::any_of(m_operations.begin(), m_operations.end(),
                                             [](const auto &operation) { return !isForSockets(*operation.info); });
        if (hasAdminKey)
            schemes.insert(u"adminKey"_s, bearer(u"The server's `auth.admin_key`."_s));
        return {{u"schemas"_s, m_book.schemas()}, {u"responses"_s, responses}, {u"securitySchemes"_s, schemes}};
    }

    static QByteArray enumeratorName(ErrorCode code)
    {
        return QMetaEnum::fromType<ErrorCode>().valueToKey(static_cast<int>(code));
    }

    const QString m_version;
    const DocComments m_comments;
    const Examples m_examples;
    const std::vector<ContractOperation> m_operations;
    SchemaBook m_book;
    QCborArray m_tags;
};

} // namespace

QString firstSentence(const QString &text)
{
    static const QRegularExpression end(uR"([.](?=\s|$))"_s);
    const qsizetype at = text.indexOf(end);
    return at < 0 ? text : text.left(at + 1);
}

QByteArray openApiDocument(const QString &version, const Limits &limits)
{
    return orderedJson(OpenApi(version, limits).document());
}

} // namespace confab::server
