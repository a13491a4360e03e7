// SPDX-License-Identifier: MIT
#pragma once

#include "server/app/move/TableShape.h"
#include "server/backends/database/sqlite/DataDirectory.h"
#include "server/backends/database/sqlite/MovedMark.h"

namespace confab::server {

/// The embedded store that is moved: locked like a server's own, so that none starts meanwhile.
class MoveSource
{
public:
    /// Claims \a dataDir and opens the store in it. Null with \a failure where there is none, where it is in use or
    /// where it cannot be read.
    static std::unique_ptr<MoveSource> open(const QString &dataDir, OpenFailure *failure);

    const GenerationId &generation() const { return m_generation; }
    qint64 schemaVersion() const { return m_schemaVersion; }
    const QString &path() const { return m_path; }
    /// In an order in which each comes behind those that it refers to.
    const QList<TableShape> &tables() const { return m_tables; }
    const std::optional<MovedMark> &mark() const { return m_mark; }

    Result<qint64> count(const TableShape &table);
    /// Its rows in the order of their keys, from behind \a lastKey on where there is one.
    Result<Done> read(const TableShape &table, const std::optional<Row> &lastKey,
                      const std::function<Result<Done>(const Row &row)> &take);

    Result<Done> setMark(const MovedMark &mark) { return mark.write(m_connection); }
    Result<Done> takeMarkOff(const GenerationId &generation) { return MovedMark::erase(m_connection, generation); }

private:
    MoveSource(std::unique_ptr<DataDirectory> directory, const QString &path);
    Result<Done> look();
    Result<TableShape> shapeOf(const QByteArray &name);

    const std::unique_ptr<DataDirectory> m_directory;
    const QString m_path;
    SqliteConnection m_connection;
    GenerationId m_generation;
    qint64 m_schemaVersion = 0;
    QList<TableShape> m_tables;
    std::optional<MovedMark> m_mark;
};

} // namespace confab::server
