// SPDX-License-Identifier: MIT
#pragma once

#include "client-sdk/src/connection/Connection.h"
#include "client-sdk/src/store/LocalStore.h"
#include "client-sdk/src/sync/SyncTimings.h"

namespace confab::client {

/// Tells the server which messages of others this device holds: gathered for a while, one request at a time. The marks
/// stand in the store until the server has them, so that none is lost with the program.
class DeliveryMarks : public QObject
{
    Q_OBJECT

public:
    DeliveryMarks(LocalStore &store, Connection &connection, const SyncTimings &timings, QObject *parent = nullptr);

    /// There are new marks.
    void wake();
    void connected();
    void connectionLost();

private:
    void send();
    void answered(const QList<DeliveredUpTo> &sent, const Result<Empty> &reply);
    bool isWorthTelling(const DeliveredUpTo &mark);
    void settle(const QList<DeliveredUpTo> &marks);

    LocalStore &m_store;
    Connection &m_connection;
    SyncTimings m_timings;
    QTimer m_gathering;
    bool m_underWay = false;
};

} // namespace confab::client
