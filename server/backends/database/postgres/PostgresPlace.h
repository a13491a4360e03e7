// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>

#include <mutex>

namespace confab::server {

/// Where a store is, by the number PostgreSQL gave the cluster and its timeline, which a promoted standby and a cluster
/// that was restored to a point in time begin anew.
///
/// The store keeps its place beside its generation. Whoever connects compares, and the first one that finds it
/// elsewhere gives it another generation: a restored or promoted server may lack the last of what clients hold. One for
/// a process, which all its connections tell of what they found; thread-safe.
class PostgresPlace
{
public:
    static constexpr const char *kTable = "server_place";

    /// SQL for where it is now, as columns system_id and timeline. Fails on a standby.
    static QByteArray now();

    /// Run on each new connection: gives the store another generation where its place is another.
    static QByteArray renewal();
    /// And behind that: asks for the generation.
    static QByteArray question() { return "SELECT generation FROM server_meta WHERE id = 1"; }

    /// Whether this generation is another than those before it; false for the first one.
    bool isAnother(const QByteArray &generation);

private:
    std::mutex m_mutex;
    QByteArray m_generation;
};

} // namespace confab::server
