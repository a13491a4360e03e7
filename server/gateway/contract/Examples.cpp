// SPDX-License-Identifier: MIT
#include "server/gateway/contract/Examples.h"

#include "server/gateway/contract/ContractFiles.h"

#include <QtCore/QCborArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace confab::server {
using namespace Qt::StringLiterals;

Examples Examples::ofContract()
{
    return Examples(contractFile(u"examples.json"_s));
}

Examples::Examples(const QByteArray &json)
{
    const QCborMap document = QCborMap::fromJsonObject(QJsonDocument::fromJson(json).object());
    const QCborArray story = document.value(u"story"_s).toArray();
    for (const QCborValue &each : story) {
        const QCborMap step = each.toMap();
        const QByteArray name = step.value(u"op"_s).toString().toLatin1();
        if (!m_steps.contains(name))
            m_steps.insert(name, step);
    }
    const QCborArray events = document.value(u"events"_s).toArray();
    for (const QCborValue &event : events)
        m_events.insert(event.toMap().value(u"event"_s).toString().toLatin1(), event.toMap());
}

Result<Examples::Example> Examples::of(const ContractOperation &operation) const
{
    const auto step = m_steps.constFind(operation.info->name);
    if (step == m_steps.constEnd())
        return Error::notFound(u"examples.json has no step for %1"_s.arg(QLatin1StringView(operation.info->name)));
    Result<QCborMap> parameters = operation.parameters.normalise(step->value(u"params"_s).toMap());
    if (!parameters)
        return parameters.error();
    Result<QCborMap> reply = operation.reply.normalise(step->value(u"result"_s).toMap());
    if (!reply)
        return reply.error();
    return Example{*parameters, *reply};
}

Result<QCborMap> Examples::of(const ContractEvent &event) const
{
    const auto found = m_events.constFind(event.name);
    if (found == m_events.constEnd())
        return Error::notFound(u"examples.json has no event %1"_s.arg(QString::fromLatin1(event.name)));
    return event.data.normalise(found->value(u"data"_s).toMap());
}

} // namespace confab::server
