// SPDX-License-Identifier: MIT
#include "server/gateway/http/ProblemDetails.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace confab::server {
using namespace Qt::StringLiterals;

HttpAnswer problemAnswer(const Error &error, int status)
{
    const ErrorTraits &traits = errorTraits(error.code);
    HttpAnswer answer;
    answer.status = status ? status : traits.httpStatus;
    QJsonObject problem{
        {u"title"_s, QString::fromLatin1(reasonPhrase(answer.status))},
        {u"status"_s, answer.status},
        {u"code"_s, QString(traits.wireName)},
    };
    if (!error.message.isEmpty())
        problem.insert(u"detail"_s, error.message);
    if (!error.field.isEmpty())
        problem.insert(u"field"_s, error.field);
    if (error.retryAfterMs > 0) {
        problem.insert(u"retryAfterMs"_s, error.retryAfterMs);
        answer.fields.append(HttpField("Retry-After", QByteArray::number((error.retryAfterMs + 999) / 1000)));
    }
    if (answer.status == 401)
        answer.fields.append(HttpField("WWW-Authenticate", "Bearer"));
    answer.contentType = "application/problem+json";
    answer.body = QJsonDocument(problem).toJson(QJsonDocument::Compact);
    return answer;
}

HttpAnswer problemAnswer(int status, const QString &detail)
{
    ErrorCode code = errorCodeFromHttpStatus(status);
    if (status == 431)
        code = ErrorCode::TooLarge;
    Error error;
    error.code = code;
    error.message = detail;
    return problemAnswer(error, status);
}

} // namespace confab::server
