// SPDX-License-Identifier: MIT
#pragma once

#include <Confab/Client.h>
#include <Confab/Export.h>
#include <Confab/Types.h>

#include <QtCore/QDateTime>
#include <QtCore/QObject>

#include <memory>

namespace confab::client {

class ModelSource;
class PersonPresencePrivate;

/// How one person is present: whether they are there, when they were last, and what they say of themselves.
///
/// While it lives and is enabled, the server is asked to tell of them; several for one person cost no more than one.
/// Have one for each person on the screen, not for each in a list: the server tells one device of
/// `limits.watchedPeople` at most, those who were asked for last. Without a connection, and of people with whom no
/// conversation is shared, nothing is known. Lives in its client's thread.
class CONFAB_CLIENT_EXPORT PersonPresence : public QObject
{
    Q_OBJECT
    Q_PROPERTY(confab::client::Client *client READ client WRITE setClient NOTIFY clientChanged)
    Q_PROPERTY(QString userId READ userIdText WRITE setUserIdText NOTIFY userIdChanged)
    Q_PROPERTY(bool enabled READ isEnabled WRITE setEnabled NOTIFY enabledChanged)
    Q_PROPERTY(bool known READ isKnown NOTIFY presenceChanged)
    Q_PROPERTY(QString state READ stateName NOTIFY presenceChanged)
    Q_PROPERTY(bool online READ isOnline NOTIFY presenceChanged)
    Q_PROPERTY(bool away READ isAway NOTIFY presenceChanged)
    Q_PROPERTY(QDateTime lastSeenAt READ lastSeenAt NOTIFY presenceChanged)
    Q_PROPERTY(QString statusText READ statusText NOTIFY presenceChanged)
    Q_PROPERTY(QDateTime statusExpiresAt READ statusExpiresAt NOTIFY presenceChanged)

public:
    explicit PersonPresence(QObject *parent = nullptr);
    ~PersonPresence() override;

    Client *client() const;
    void setClient(Client *client);
    UserId userId() const;
    void setUserId(UserId userId);
    /// The same as text; empty for nobody.
    QString userIdText() const;
    void setUserIdText(const QString &text);
    bool isEnabled() const;
    void setEnabled(bool enabled);

    /// All of it as the server told it.
    Presence presence() const;
    bool isKnown() const;
    /// `unknown`, `offline`, `away` or `online`.
    QString stateName() const;
    bool isOnline() const;
    bool isAway() const;
    /// Of who is offline: when they were last there. Invalid where they hide it, or it is not known.
    QDateTime lastSeenAt() const;
    /// Their own words: to be shown as plain text and isolated for bidi. Empty where there is none, or it has ended.
    QString statusText() const;
    /// When it ends by itself; invalid where it does not.
    QDateTime statusExpiresAt() const;

    /// For the SDK and its tests: asks a source without a client.
    void setSource(ModelSource *source);

Q_SIGNALS:
    void clientChanged();
    void userIdChanged();
    void enabledChanged();
    void presenceChanged();

private:
    friend class PersonPresencePrivate;
    std::unique_ptr<PersonPresencePrivate> d;
};

} // namespace confab::client
