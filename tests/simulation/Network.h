// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Transport.h"
#include "server/gateway/websocket/Transport.h"
#include "tests/simulation/Loop.h"
#include "tests/simulation/Random.h"
#include "tests/simulation/Trace.h"
#include "tests/simulation/Weather.h"

#include <QtCore/QHash>
#include <QtCore/QList>

#include <memory>

namespace confab::simulation {

class ClientEnd;
class Link;
class ServerEnd;

/// Sees what passes the network, and may change it: how a test breaks a rule that the product keeps.
class Wiretap
{
public:
    virtual ~Wiretap() = default;

    /// A request is about to leave a device.
    virtual QByteArray outgoing(int device, const QByteArray &frame)
    {
        Q_UNUSED(device)
        return frame;
    }
    /// A frame has reached a device, which takes it when \a deliver is called.
    virtual void incoming(int device, const QByteArray &frame, std::function<void()> deliver)
    {
        Q_UNUSED(device)
        Q_UNUSED(frame)
        deliver();
    }
};

/// All sockets between the devices and the server: in order within a socket, as TCP is, and otherwise at the
/// weather's mercy.
class Network
{
public:
    /// Serves a socket that a device opened.
    using Accept = std::function<void(std::unique_ptr<server::Transport> transport, quint64 chance)>;
    enum class Reach {
        Open,
        Refusing,  ///< Attempts fail at once.
        Swallowing ///< Attempts are never answered.
    };

    Network(Loop &loop, Trace &trace, const Weather &weather, quint64 seed)
        : m_loop(loop), m_trace(trace), m_weather(weather), m_seed(seed)
    {
    }
    ~Network();
    Q_DISABLE_COPY_MOVE(Network)

    /// What a device opens sockets with; they are its own until the next one is asked for (it started anew).
    client::TransportFactory factory(int device);
    /// Frames are about to leave: called with the device, before each.
    void onSend(std::function<void(int device)> callback) { m_onSend = std::move(callback); }
    /// What reaches devices.
    void onArrival(std::function<void(const QByteArray &frame)> callback) { m_onArrival = std::move(callback); }
    void setWiretap(Wiretap *wiretap) { m_wiretap = wiretap; }

    /// The server listens, or with an empty function does not.
    void setServer(Accept accept) { m_accept = std::move(accept); }
    /// The server's process is gone: nothing reaches it any more. \a silently: nor does anybody learn it, as when its
    /// machine lost power.
    void serverDied(bool silently);

    void setReach(int device, Reach reach) { m_reach[device] = reach; }
    /// Ends the device's sockets; both sides learn it.
    void cut(int device);
    /// Loses everything on the device's present sockets, without a word to anybody.
    void freeze(int device);
    /// The device's process is gone: nothing more leaves it.
    void silence(int device);
    /// From now on nothing is late, lost or refused.
    void heal();

    quint64 frames() const { return m_frames; }

private:
    friend class Link;
    friend class ClientEnd;
    friend class ServerEnd;

    qint64 latency(Random &random) const;
    QList<std::shared_ptr<Link>> linksOf(int device);

    Loop &m_loop;
    Trace &m_trace;
    Weather m_weather;
    const quint64 m_seed;
    Accept m_accept;
    std::function<void(int)> m_onSend;
    std::function<void(const QByteArray &)> m_onArrival;
    Wiretap *m_wiretap = nullptr;
    QHash<int, Reach> m_reach;
    QList<std::weak_ptr<Link>> m_links;
    quint64 m_linkCount = 0;
    quint64 m_frames = 0;
};

} // namespace confab::simulation
