// SPDX-License-Identifier: MIT
#include "tests/simulation/Network.h"

#include <algorithm>

namespace confab::simulation {

using namespace Qt::StringLiterals;

class ClientEnd;
class ServerEnd;

/// One socket: what both ends know of it, and what is under way.
class Link : public std::enable_shared_from_this<Link>
{
public:
    Link(Network &ofNetwork, int ofDevice, quint64 itsNumber)
        : network(&ofNetwork), device(ofDevice), number(itsNumber), random(ofNetwork.m_seed, 1000 + itsNumber)
    {
    }

    void open();
    /// Does something at the server's end after what was sent there before.
    void up(std::function<void(ServerEnd &server)> arrive);
    /// Does something at the device's end after what was sent there before.
    void down(std::function<void(ClientEnd &client)> arrive);
    void note(char kind, QByteArrayView what = {}) const
    {
        network->m_trace.note(network->m_loop.nowMs(), kind, static_cast<qint64>(number), what);
    }
    void later(std::function<void()> action) { network->m_loop.after(0, std::move(action), number + 1); }
    /// What is under way is lost.
    void drop() { ++m_epoch; }

    Network *const network;
    const int device;
    const quint64 number;
    Random random;
    ClientEnd *client = nullptr;
    ServerEnd *server = nullptr;
    bool dark = false;   ///< Whatever is sent is lost.
    bool silent = false; ///< The device sends nothing more.

private:
    void arriveAt(qint64 &lastDue, std::function<void()> arrive);

    qint64 m_upDue = 0;
    qint64 m_downDue = 0;
    quint64 m_epoch = 0;
};

/// A device's end of a socket.
class ClientEnd final : public client::Transport
{
public:
    explicit ClientEnd(std::shared_ptr<Link> link) : m_link(std::move(link)) { m_link->client = this; }
    ~ClientEnd() override;

    void open(const QUrl &) override { m_link->open(); }
    void send(const QByteArray &frame) override;
    void ping() override;
    void close() override;

    void tellClosed(int code, const QString &why = u"simulated"_s);
    bool isOver() const { return m_over; }

private:
    const std::shared_ptr<Link> m_link;
    bool m_over = false;
};

/// The server's end of a socket.
class ServerEnd final : public server::Transport
{
public:
    explicit ServerEnd(std::shared_ptr<Link> link) : m_link(std::move(link)) { m_link->server = this; }
    ~ServerEnd() override
    {
        if (m_link->server == this)
            m_link->server = nullptr;
    }

    void setReceiver(server::TransportReceiver *receiver) override { m_receiver = receiver; }
    WireFormat format() const override { return WireFormat::Cbor; }
    void send(const server::OutgoingFrame &frame) override;
    void ping() override;
    void close(CloseReason reason, qint64 spreadMs) override;
    void abort() override;
    void setReading(bool reading) override;
    qint64 bytesWaiting() const override { return 0; }

    void take(const QByteArray &frame);
    void hear() { m_receiver->peerHeard(); }
    void sayGoodbye();
    void end();

private:
    bool mayTalk() const { return !m_closing && m_link->server == this; }
    void deliverHeld();

    const std::shared_ptr<Link> m_link;
    server::TransportReceiver *m_receiver = nullptr;
    QList<QByteArray> m_held;
    bool m_reading = true;
    bool m_closing = false;
    bool m_ended = false;
};

// -- the link -----------------------------------------------------------------------------------------------------

void Link::arriveAt(qint64 &lastDue, std::function<void()> arrive)
{
    const qint64 now = network->m_loop.nowMs();
    lastDue = std::max(lastDue, now + network->latency(random));
    network->m_loop.after(
        lastDue - now,
        [self = shared_from_this(), epoch = m_epoch, arrive = std::move(arrive)] {
            if (!self->dark && epoch == self->m_epoch)
                arrive();
        },
        number + 1);
}

void Link::up(std::function<void(ServerEnd &)> arrive)
{
    if (dark || silent)
        return;
    arriveAt(m_upDue, [this, arrive = std::move(arrive)] {
        if (server)
            arrive(*server);
    });
}

void Link::down(std::function<void(ClientEnd &)> arrive)
{
    if (dark)
        return;
    arriveAt(m_downDue, [this, arrive = std::move(arrive)] {
        if (client && !client->isOver())
            arrive(*client);
    });
}

void Link::open()
{
    const Network::Reach reach = network->m_reach.value(device, Network::Reach::Open);
    if (reach == Network::Reach::Swallowing)
        return;
    if (reach == Network::Reach::Refusing || random.chance(network->m_weather.refusedOpens)) {
        down([](ClientEnd &end) { end.tellClosed(0); });
        return;
    }
    arriveAt(m_upDue, [this] {
        // A device that gave up meanwhile never finishes the handshake.
        if (!client || client->isOver())
            return;
        if (!network->m_accept) {
            down([](ClientEnd &end) { end.tellClosed(0); });
            return;
        }
        note('o');
        network->m_accept(std::make_unique<ServerEnd>(shared_from_this()), random.next());
        down([](ClientEnd &end) { Q_EMIT end.opened(); });
    });
}

// -- the device's end ---------------------------------------------------------------------------------------------

ClientEnd::~ClientEnd()
{
    m_link->client = nullptr;
    m_link->silent = false;
    if (!m_over)
        m_link->up([](ServerEnd &end) { end.end(); });
}

void ClientEnd::send(const QByteArray &frame)
{
    Network &network = *m_link->network;
    if (network.m_onSend)
        network.m_onSend(m_link->device);
    if (m_link->silent)
        return;
    const QByteArray sent = network.m_wiretap ? network.m_wiretap->outgoing(m_link->device, frame) : frame;
    m_link->up([link = m_link.get(), sent](ServerEnd &end) {
        ++link->network->m_frames;
        link->note('u', sent);
        end.take(sent);
    });
}

void ClientEnd::ping()
{
    m_link->up([link = m_link.get()](ServerEnd &end) {
        end.hear();
        link->down([](ClientEnd &client) { Q_EMIT client.alive(); });
    });
}

void ClientEnd::close()
{
    m_link->up([](ServerEnd &end) { end.sayGoodbye(); });
}

void ClientEnd::tellClosed(int code, const QString &why)
{
    m_over = true;
    m_link->note('x', QByteArray::number(code));
    Q_EMIT closed(code, why);
}

// -- the server's end ---------------------------------------------------------------------------------------------

void ServerEnd::send(const server::OutgoingFrame &frame)
{
    if (!mayTalk())
        return;
    // A frame is a head of 2, 4 or 10 bytes and the payload.
    const QByteArray payload = frame.webSocketBytes(WireFormat::Cbor).right(frame.size());
    m_link->down([link = m_link.get(), payload](ClientEnd &) {
        Network &network = *link->network;
        ++network.m_frames;
        link->note('d', payload);
        if (network.m_onArrival)
            network.m_onArrival(payload);
        const auto deliver = [self = link->shared_from_this(), payload] {
            if (self->client && !self->client->isOver())
                Q_EMIT self->client->received(payload);
        };
        if (network.m_wiretap)
            network.m_wiretap->incoming(link->device, payload, deliver);
        else
            deliver();
    });
}

void ServerEnd::ping()
{
    if (!mayTalk())
        return;
    m_link->down([link = m_link.get()](ClientEnd &) { link->up([](ServerEnd &end) { end.hear(); }); });
}

void ServerEnd::close(CloseReason reason, qint64 spreadMs)
{
    if (!mayTalk())
        return;
    m_closing = true;
    m_link->down([link = m_link.get(), reason, spreadMs](ClientEnd &end) {
        link->up([](ServerEnd &server) { server.end(); });
        end.tellClosed(static_cast<int>(reason), QString::fromLatin1(closeText(reason, spreadMs)));
    });
}

void ServerEnd::abort()
{
    if (m_link->server != this)
        return;
    m_closing = true;
    m_link->down([](ClientEnd &end) { end.tellClosed(0); });
    m_link->later([link = m_link] {
        if (link->server)
            link->server->end();
    });
}

void ServerEnd::setReading(bool reading)
{
    m_reading = reading;
    if (!reading || m_held.isEmpty())
        return;
    m_link->later([link = m_link] {
        if (link->server)
            link->server->deliverHeld();
    });
}

void ServerEnd::deliverHeld()
{
    while (m_reading && !m_held.isEmpty() && !m_ended) {
        m_receiver->peerHeard();
        m_receiver->messageArrived(m_held.takeFirst());
    }
}

void ServerEnd::take(const QByteArray &frame)
{
    if (m_ended)
        return;
    m_held.append(frame);
    deliverHeld();
}

void ServerEnd::sayGoodbye()
{
    if (m_ended)
        return;
    m_receiver->transportClosing();
    m_link->down([](ClientEnd &end) { end.tellClosed(static_cast<int>(CloseReason::Normal)); });
    end();
}

void ServerEnd::end()
{
    m_closing = true;
    if (!std::exchange(m_ended, true))
        m_receiver->transportEnded();
}

// -- the network --------------------------------------------------------------------------------------------------

Network::~Network() = default;

client::TransportFactory Network::factory(int device)
{
    return [this, device]() -> std::unique_ptr<client::Transport> {
        const auto link = std::make_shared<Link>(*this, device, m_linkCount++);
        m_links.append(link);
        return std::make_unique<ClientEnd>(link);
    };
}

qint64 Network::latency(Random &random) const
{
    return random.chance(m_weather.spikes) ? random.between(1, m_weather.spikeMs)
                                           : random.between(1, m_weather.latencyMs);
}

QList<std::shared_ptr<Link>> Network::linksOf(int device)
{
    QList<std::shared_ptr<Link>> links;
    m_links.removeIf([](const std::weak_ptr<Link> &link) { return link.expired(); });
    for (const std::weak_ptr<Link> &weak : std::as_const(m_links)) {
        const std::shared_ptr<Link> link = weak.lock();
        if (device < 0 || link->device == device)
            links.append(link);
    }
    return links;
}

void Network::serverDied(bool silently)
{
    m_accept = {};
    for (const std::shared_ptr<Link> &link : linksOf(-1)) {
        if (!link->server)
            continue;
        link->server = nullptr;
        // What its kernel had taken may still arrive, or be lost to the reset.
        if (silently || link->random.chance(0.5))
            link->drop();
        if (silently)
            link->dark = true;
        else
            link->down([](ClientEnd &end) { end.tellClosed(0); });
    }
}

void Network::cut(int device)
{
    for (const std::shared_ptr<Link> &link : linksOf(device)) {
        link->drop();
        link->up([](ServerEnd &end) { end.end(); });
        link->down([](ClientEnd &end) { end.tellClosed(0); });
    }
}

void Network::freeze(int device)
{
    for (const std::shared_ptr<Link> &link : linksOf(device))
        link->dark = true;
}

void Network::silence(int device)
{
    for (const std::shared_ptr<Link> &link : linksOf(device))
        link->silent = true;
}

void Network::heal()
{
    m_weather.spikes = 0.0;
    m_weather.refusedOpens = 0.0;
    m_reach.clear();
}

} // namespace confab::simulation
