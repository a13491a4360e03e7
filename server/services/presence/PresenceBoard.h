// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"
#include "server/runtime/Async.h"
#include "server/services/presence/PresenceTimings.h"
#include "server/services/presence/PresenceWire.h"
#include "shared/core/Clock.h"

#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QTimer>

#include <functional>
#include <memory>

namespace confab::server {

/// Who is there, on all shards of all nodes.
///
/// Each shard vouches for the people who have sockets on it and tells the others what changes; each holds what all the
/// others vouch for. Their words are numbered: where one was lost, the whole list is asked for; where none comes for
/// the lease, those vouched for are there no more. So nothing is stored, and a shard that dies leaves nothing behind.
///
/// Lives on the shard's thread.
class PresenceBoard : public QObject
{
public:
    /// Called with people who may be present in another way than before, in no hurry: a hint, as state() is the truth.
    using Handler = std::function<void(const QList<UserId> &people)>;

    /// \a clock outlives it. The bus' endpoint is its own.
    PresenceBoard(std::unique_ptr<Bus> bus, const Clock &clock, const BoardTimings &timings = {});
    ~PresenceBoard() override;

    void setHandler(Handler handler) { m_handler = std::move(handler); }

    /// What this shard vouches for from now on; Offline: nothing.
    void vouch(const UserId &userId, Presence::State state);

    /// Tells the handlers of all shards that something else about the person changed.
    void hint(const UserId &userId);

    /// The most that anybody vouches for; Offline where nobody does.
    Presence::State state(const UserId &userId) const;

    qsizetype vouchedCount() const { return m_own.size(); }
    qsizetype voucherCount() const { return m_others.size(); } ///< Other ones.

private:
    /// Another shard, as far as it was heard.
    struct Voucher
    {
        QHash<UserId, Presence::State> people;
        quint64 number = 0; ///< Of its last change that came.
        qint64 heardMs = 0;
        qint64 askedMs = 0;
        bool isWhole = false;                  ///< No change before it is missing.
        QHash<UserId, Presence::State> coming; ///< Of a list of which parts came.
        quint64 comingNumber = 0;
        quint16 comingPart = 0; ///< The next one.
    };

    Task<Done> introduce();
    void receive(const QByteArray &payload);
    void takeChange(Voucher &voucher, const PresenceWord &word);
    void takeList(Voucher &voucher, const PresenceWord &word);
    void apply(Voucher &voucher, const QList<Vouched> &people);
    void askFor(const QUuid &whom, Voucher &voucher);
    void flush();
    void beat();
    void sendList();
    void publish(PresenceWord word);
    void tell(const QList<UserId> &people) const;

    const std::unique_ptr<Bus> m_bus;
    const Clock &m_clock;
    const BoardTimings m_timings;
    const QUuid m_self;
    Handler m_handler;
    QHash<UserId, Presence::State> m_own;
    QHash<UserId, Presence::State> m_dirty; ///< To be told; Unknown: a hint.
    QHash<QUuid, Voucher> m_others;
    quint64 m_number = 0;
    qint64 m_listedMs;
    qint64 m_beatenMs;
    QTimer m_gathering;
    QTimer m_beating;
    QTimer m_listing;
    TaskScope m_tasks;
};

} // namespace confab::server
