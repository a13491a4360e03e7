// SPDX-License-Identifier: MIT
#include "tests/simulation/Device.h"

#include <Confab/SecretStore.h>

namespace confab::simulation {

using namespace Qt::StringLiterals;

namespace {

/// A keyring that holds one token and always answers.
class FixedSecretStore final : public client::SecretStore
{
public:
    explicit FixedSecretStore(const QByteArray &token) : m_token(token) { }

    void read(const QString &, ReadCallback callback) override { callback(client::SecretOutcome::Found, m_token); }
    void write(const QString &, const QByteArray &, WriteCallback callback) override
    {
        callback(client::SecretOutcome::Found);
    }
    void remove(const QString &, WriteCallback callback) override { callback(client::SecretOutcome::NotFound); }

private:
    const QByteArray m_token;
};

} // namespace

Device::Device(Loop &loop, Network &network, ScratchFolder &folder, int index, const SignedInDevice &identity,
               const QString &directory, quint64 seed)
    : m_loop(loop), m_network(network), m_folder(folder), m_index(index), m_identity(identity), m_directory(directory),
      m_clock(std::make_shared<VirtualClock>(loop)),
      m_random(std::make_shared<Random>(seed, 200 + static_cast<quint64>(index)))
{
}

Device::~Device() = default;

void Device::start()
{
    if (m_engine)
        return;
    client::EngineParts parts;
    parts.settings.profileDirectory = m_directory;
    parts.settings.serverUrl = QUrl(u"ws://server.example"_s);
    parts.settings.secretPolicy = client::SecretPolicy::PlainFile;
    parts.makeTransport = m_network.factory(m_index);
    parts.makeSecretStore = [token = m_identity.token](client::SecretPolicy) {
        return std::make_unique<FixedSecretStore>(token);
    };
    parts.clock = m_clock;
    parts.random = [random = m_random] { return random->uniform(); };
    parts.connectionTimings.backoffMaxMs = 8'000;
    parts.outboxTimings.backoffMaxMs = 8'000;
    parts.syncTimings.newLimit = 6; // so that few messages make a hole
    parts.syncTimings.pageLimit = 8;
    parts.syncTimings.holeLimit = 4;
    m_engine = std::make_unique<client::Engine>(parts);
    QObject::connect(&m_engine->publisher(), &client::Publisher::conversationsChanged, m_engine.get(),
                     [this] { committed(); });
    m_engine->open();
    if (m_engine->state() == client::Client::State::StoreFailed)
        qFatal("the profile of device %d does not open", m_index);
}

void Device::kill()
{
    if (!isRunning())
        return;
    doom();
    finishKill();
}

void Device::frameLeaves()
{
    if (m_framesLeft > 0 && --m_framesLeft == 0)
        doom();
}

void Device::committed()
{
    if (m_commitsLeft > 0 && --m_commitsLeft == 0)
        doom();
}

// What the engine still does in this event it does to a profile that nobody will look at again.
void Device::doom()
{
    if (!isRunning())
        return;
    m_doomed = true;
    m_framesLeft = m_commitsLeft = 0;
    m_network.silence(m_index);
    const QString left = m_folder.fresh(u"device"_s);
    copyDatabase(m_directory, left);
    m_directory = left;
    m_loop.after(0, [this, life = m_life] {
        if (life == m_life && m_doomed)
            finishKill();
    });
}

void Device::finishKill()
{
    m_engine.reset();
    m_doomed = false;
    ++m_life;
}

bool Device::isAtRest(QString *why)
{
    const auto no = [&](const QString &reason) {
        if (why)
            *why = reason;
        return false;
    };
    if (!isRunning())
        return no(u"is not running"_s);
    if (m_engine->state() != client::Client::State::Online)
        return no(u"is in state %1"_s.arg(static_cast<int>(m_engine->state())));
    for (const ConversationId &id : store().outbox().conversations()) {
        for (const client::OutboxItem &item : store().outbox().items(id)) {
            const bool waitsForPerson = item.kind != client::OutboxItem::Kind::Send && item.messageId == 0;
            if (item.state != client::OutboxItem::State::Failed && !waitsForPerson)
                return no(u"has not sent what was typed"_s);
        }
    }
    if (!store().notes().readMarks().isEmpty())
        return no(u"has not sent a read position"_s);
    return true;
}

} // namespace confab::simulation
