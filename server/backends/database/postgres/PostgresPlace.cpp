// SPDX-License-Identifier: MIT
#include "server/backends/database/postgres/PostgresPlace.h"

#include "server/runtime/Log.h"

namespace confab::server {

QByteArray PostgresPlace::now()
{
    // The name of a segment of the write-ahead log begins with the timeline that is written now; what
    // pg_control_checkpoint() tells is that of the last checkpoint, which can be the old one for a while.
    return "SELECT system_identifier::text AS system_id, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS "
           "timeline "
           "FROM pg_control_system()";
}

QByteArray PostgresPlace::renewal()
{
    // Of several at a time the first one has the row, and the others find nothing to change behind it.
    return "WITH here AS (" + now() + "), moved AS (UPDATE " + kTable +
           " p SET system_id = here.system_id, timeline = here.timeline FROM here WHERE p.id = 1 AND (p.system_id <> "
           "here.system_id OR p.timeline <> here.timeline) RETURNING 1) UPDATE server_meta SET generation = "
           "gen_random_uuid() WHERE id = 1 AND EXISTS (SELECT 1 FROM moved)";
}

bool PostgresPlace::isAnother(const QByteArray &generation)
{
    const std::lock_guard lock(m_mutex);
    const bool isAnother = !m_generation.isEmpty() && m_generation != generation;
    m_generation = generation;
    if (isAnother) {
        qCWarning(lcDatabase).noquote() << "the store has a new generation, " + generation +
                                               ": PostgreSQL was restored or failed over, and clients sync in full";
    }
    return isAnother;
}

} // namespace confab::server
