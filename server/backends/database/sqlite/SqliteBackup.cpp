// SPDX-License-Identifier: MIT
#include "server/backends/database/sqlite/SqliteBackup.h"

#include "server/backends/database/migrations/Migrations.h"
#include "server/backends/database/sqlite/SqliteConnection.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr int kBusyTimeoutMs = 30'000;

QByteArray native(const QString &path)
{
    return QFile::encodeName(path);
}

QString reason()
{
    return QString::fromLocal8Bit(std::strerror(errno));
}

Error unwritable(const QString &path)
{
    return Error::unavailable(u"%1 cannot be written to: %2."_s.arg(path, reason()));
}

/// On disk, name and all; nobody has the file open.
bool sync(const QString &path)
{
    for (const QString &name : {path, QFileInfo(path).absolutePath()}) {
        const int file = ::open(native(name).constData(), O_RDONLY | O_CLOEXEC);
        if (file < 0)
            return false;
        const bool done = ::fsync(file) == 0;
        ::close(file);
        if (!done)
            return false;
    }
    return true;
}

/// A copy of \a database as the new file \a path, durable.
Result<Done> copyTo(const QString &path, const QString &database)
{
    const int made = ::open(native(path).constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0)
        return unwritable(path);
    ::close(made);
    Result<Done> done = Done{};
    {
        SqliteConnection connection(database, SqliteConnection::Mode::ReadOnly, kBusyTimeoutMs);
        if (!connection.open() || !connection.run("VACUUM INTO ?", {path}))
            done =
                Error::unavailable(u"%1 could not be copied to %2: %3."_s.arg(database, path, connection.lastError()));
    }
    if (done && !sync(path))
        done = unwritable(path);
    if (!done)
        ::unlink(native(path).constData());
    return done;
}

/// The rest of what SQLite wrote goes into the file, so that it stands alone. Of one that is damaged it stays.
void settle(const QString &database)
{
    SqliteConnection connection(database, SqliteConnection::Mode::ReadWrite, kBusyTimeoutMs);
    const Result<Rows> done = connection.open() ? connection.run("PRAGMA wal_checkpoint(TRUNCATE)", {})
                                                : Result<Rows>(Error::internal(QString()));
    Q_UNUSED(done)
}

Result<Done> renew(const QString &path, const GenerationId &generation)
{
    {
        SqliteConnection connection(path, SqliteConnection::Mode::ReadWrite, kBusyTimeoutMs);
        if (!connection.open() || !connection.run("UPDATE server_meta SET generation = ? WHERE id = 1", {generation}))
            return Error::unavailable(u"%1 could not be written to: %2."_s.arg(path, connection.lastError()));
    }
    if (!sync(path))
        return unwritable(path);
    return Done{};
}

/// Keeps the database under another name, too, before it is replaced. Hard links leave the original where it is until
/// the new one takes its name at once; what SQLite kept beside it goes along.
Result<Done> setAside(const QString &database, const QString &before)
{
    settle(database);
    if (::link(native(database).constData(), native(before).constData()) != 0)
        return unwritable(before);
    for (const QString &suffix : {u"-wal"_s, u"-shm"_s}) {
        if (::rename(native(database + suffix).constData(), native(before + suffix).constData()) != 0 &&
            errno != ENOENT)
            return unwritable(before + suffix);
    }
    return Done{};
}
} // namespace

Result<StoredCopy> SqliteBackup::inspect(const QString &file)
{
    const Error damaged = Error::invalid(u"file"_s, u"%1 is damaged, or no backup of Confab."_s.arg(file));
    const QFileInfo info(file);
    if (!info.isFile())
        return Error::notFound(u"There is no file %1."_s.arg(file));
    SqliteConnection connection(info.absoluteFilePath(), SqliteConnection::Mode::ReadOnly, kBusyTimeoutMs);
    if (!connection.open())
        return damaged;
    const Result<Rows> check = connection.run("PRAGMA integrity_check", {});
    if (!check || check->isEmpty() || check->first().first().toText() != "ok"_L1)
        return damaged;
    const Result<Rows> meta = connection.run(
        "SELECT schema_version, generation, (SELECT COUNT(*) FROM messages) FROM server_meta WHERE id = 1", {});
    if (!meta || meta->isEmpty())
        return damaged;
    const Row &row = meta->first();
    return StoredCopy{row.at(0).toInt(), row.at(1).toId<GenerationId>(), row.at(2).toInt(), info.size()};
}

Result<StoredCopy> SqliteBackup::save(const QString &database, const QString &file)
{
    if (!QFileInfo(database).isFile())
        return Error::notFound(u"There is no database %1."_s.arg(database));
    const QString path = QFileInfo(file).absoluteFilePath();
    if (QFileInfo::exists(path))
        return Error::conflict(u"file"_s, u"%1 exists already; a backup never overwrites a file."_s.arg(path));
    const QString part = u"%1.part-%2"_s.arg(path).arg(::getpid());
    const Result<Done> copied = copyTo(part, database);
    if (!copied)
        return copied.error();
    Result<StoredCopy> copy = inspect(part);
    // The link fails where somebody made the file meanwhile; a rename would not.
    if (copy && (::link(native(part).constData(), native(path).constData()) != 0 || !sync(path)))
        copy = unwritable(path);
    ::unlink(native(part).constData());
    return copy;
}

Result<SqliteBackup::Restored> SqliteBackup::restore(const QString &file, const DataDirectory &directory,
                                                     const QString &database, const GenerationId &generation,
                                                     const QString &stamp)
{
    const QString source = QFileInfo(file).absoluteFilePath();
    if (source == QFileInfo(database).absoluteFilePath())
        return Error::invalid(u"file"_s, u"%1 is the database itself."_s.arg(source));
    Result<StoredCopy> copy = inspect(source);
    if (!copy)
        return copy.error();
    if (const int newest = migrations().last().version; copy->schemaVersion > newest) {
        return Error::invalid(u"file"_s,
                              u"%1 was written by a newer release (schema %2, this release knows %3)."_s.arg(source)
                                  .arg(copy->schemaVersion)
                                  .arg(newest));
    }
    const QString part = directory.filePath(u"restoring-%1.db"_s.arg(stamp));
    Result<Done> step = copyTo(part, source);
    if (!step)
        return step.error();
    step = renew(part, generation);
    QString before;
    if (step && QFileInfo::exists(database)) {
        before = u"%1.before-%2"_s.arg(database, stamp);
        step = setAside(database, before);
    }
    if (step && (::rename(native(part).constData(), native(database).constData()) != 0 || !sync(database)))
        step = unwritable(database);
    if (!step) {
        ::unlink(native(part).constData());
        return step.error();
    }
    copy->generation = generation;
    return Restored{*copy, before};
}

} // namespace confab::server
