// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "server/services/events/Envelope.h"
#include "shared/protocol/Frames.h"

#include <QtCore/QList>

namespace confab::test {

/// A bus that keeps what was published and delivers nothing.
class RecordingBus final : public server::Bus
{
public:
    struct Published
    {
        QByteArray topic;
        server::Envelope envelope;
    };

    void publish(const QByteArray &topic, const QByteArray &payload) override
    {
        const auto envelope = server::decodeEnvelope(payload);
        published.append({topic, envelope ? *envelope : server::Envelope{}});
    }
    void subscribe(const QByteArray &) override { }
    void unsubscribe(const QByteArray &) override { }
    void setHandler(Handler) override { }

    QList<Published> published;
};

/// The value in an envelope's event frame; a default one where it holds another event.
template<typename T>
T eventIn(const server::Envelope &envelope)
{
    const auto frame = decodeServerFrame(envelope.frame);
    if (!frame || frame->event != T::kEvent)
        return {};
    return decodeCbor<T>(frame->body, Strictness::Reply).value_or(T{});
}

} // namespace confab::test
