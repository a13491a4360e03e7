// SPDX-License-Identifier: MIT
#include <Confab/PersonPresence.h>

#include "client-sdk/src/engine/ModelSource.h"
#include "client-sdk/src/models/Roles.h"

#include <QtCore/QPointer>

namespace confab::client {

/// Whom a PersonPresence asks for, and what is known of them.
class PersonPresencePrivate
{
public:
    explicit PersonPresencePrivate(PersonPresence &presence) : q(presence) { }

    void listenTo(ModelSource *newSource)
    {
        if (source == newSource)
            return;
        if (source)
            source->disconnect(&q);
        source = newSource;
        if (source) {
            QObject::connect(source, &ModelSource::presenceChanged, &q, [this](const QList<UserId> &ids) {
                if (ids.contains(m_watched))
                    read();
            });
        }
        watch();
    }

    /// Makes whom the source tells of whom this is to tell of.
    void watch()
    {
        const UserId wanted = enabled && source ? userId : UserId();
        if (wanted != m_watched || m_watchedAt != source) {
            // The next is asked for before the other is let go: it may be the same person.
            const UserId before = std::exchange(m_watched, wanted);
            const QPointer<ModelSource> beforeAt = std::exchange(m_watchedAt, source);
            if (!wanted.isNull())
                source->watchPresence(wanted);
            if (beforeAt && !before.isNull())
                beforeAt->unwatchPresence(before);
        }
        read();
    }

    PersonPresence &q;
    QPointer<Client> client;
    QPointer<ModelSource> source;
    UserId userId;
    bool enabled = true;
    Presence presence;

private:
    void read()
    {
        Presence now;
        now.userId = userId;
        if (source && !m_watched.isNull())
            now = source->presence(m_watched);
        if (std::exchange(presence, now) != now)
            Q_EMIT q.presenceChanged();
    }

    UserId m_watched;
    QPointer<ModelSource> m_watchedAt;
};

PersonPresence::PersonPresence(QObject *parent) : QObject(parent), d(std::make_unique<PersonPresencePrivate>(*this)) { }

PersonPresence::~PersonPresence()
{
    blockSignals(true);
    d->listenTo(nullptr);
}

Client *PersonPresence::client() const
{
    return d->client;
}

void PersonPresence::setClient(Client *client)
{
    if (d->client == client)
        return;
    d->client = client;
    d->listenTo(client ? ModelSource::of(*client) : nullptr);
    Q_EMIT clientChanged();
}

void PersonPresence::setSource(ModelSource *source)
{
    d->listenTo(source);
}

UserId PersonPresence::userId() const
{
    return d->userId;
}

void PersonPresence::setUserId(UserId userId)
{
    if (d->userId == userId)
        return;
    d->userId = userId;
    d->watch();
    Q_EMIT userIdChanged();
}

QString PersonPresence::userIdText() const
{
    return idText(d->userId);
}

void PersonPresence::setUserIdText(const QString &text)
{
    setUserId(UserId::fromString(text).value_or(UserId()));
}

bool PersonPresence::isEnabled() const
{
    return d->enabled;
}

void PersonPresence::setEnabled(bool enabled)
{
    if (d->enabled == enabled)
        return;
    d->enabled = enabled;
    d->watch();
    Q_EMIT enabledChanged();
}

Presence PersonPresence::presence() const
{
    return d->presence;
}

bool PersonPresence::isKnown() const
{
    return d->presence.state != Presence::State::Unknown;
}

QString PersonPresence::stateName() const
{
    return wireNameOf(d->presence.state);
}

bool PersonPresence::isOnline() const
{
    return d->presence.state == Presence::State::Online;
}

bool PersonPresence::isAway() const
{
    return d->presence.state == Presence::State::Away;
}

QDateTime PersonPresence::lastSeenAt() const
{
    return timeOf(d->presence.lastSeenAt);
}

QString PersonPresence::statusText() const
{
    return d->presence.statusText;
}

QDateTime PersonPresence::statusExpiresAt() const
{
    return timeOf(d->presence.statusExpiresAt);
}

} // namespace confab::client
