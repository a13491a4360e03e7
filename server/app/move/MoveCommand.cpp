// SPDX-License-Identifier: MIT
#include "server/app/move/MoveCommand.h"

#include "server/app/move/StoreMove.h"
#include "server/backends/database/migrations/Migrations.h"
#include "server/runtime/config/ConfigReader.h"

#include <QtCore/QFile>
#include <QtCore/QMap>

namespace confab::server {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kLongestAddress = 64 * 1024;

const QString kHelp = uR"(Usage: confabd migrate --from sqlite:DIR --to postgresql://… [--check]
       confabd migrate --from sqlite:DIR --undo

Moves the store of a stopped server from its data directory into an empty PostgreSQL. It can be interrupted at any point
and goes on where it was. In the end both are compared row by row, and the old store is marked, so that it is not served
again. Clients notice nothing.

  --from sqlite:DIR     the data directory with confab.db
  --to ADDRESS          the database, as in database.url
  --to-file FILE        reads that address from a file, where it holds a password
  --check               changes nothing: says what would be moved, or compares what was
  --undo                takes the mark off the old store; what was written to PostgreSQL since is not in it

Exit codes: 0 done, 64 command line wrong, 65 refused or not the same (the message says why), 70 a fault,
72 the database server does not answer, 73 the store cannot be written to, 74 it cannot be read, 75 a server runs on it,
76 a newer release wrote it, 78 a pooler stands before the database that shares connections.)"_s;

struct Order
{
    QString dataDir;
    QString address;
    bool check = false;
    bool undo = false;
    bool help = false;
    QString error; ///< Not empty: the command line is wrong.
};

QString readAddress(const QString &path, QString *error)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        *error = u"--to-file: %1 cannot be read: %2"_s.arg(path, file.errorString());
        return {};
    }
    return QString::fromUtf8(file.read(kLongestAddress)).trimmed();
}

/// Options with a value as they stand, `--name value` or `--name=value`.
Order parse(const QStringList &arguments)
{
    Order order;
    QMap<QString, QString> values;
    for (qsizetype i = 0; i < arguments.size() && order.error.isEmpty(); ++i) {
        const QString name = arguments.at(i).section(u'=', 0, 0);
        if (name == "--check"_L1) {
            order.check = true;
        } else if (name == "--undo"_L1) {
            order.undo = true;
        } else if (name == "--help"_L1 || name == "-h"_L1) {
            order.help = true;
        } else if (name != "--from"_L1 && name != "--to"_L1 && name != "--to-file"_L1) {
            order.error = u"%1: unknown argument"_s.arg(name);
        } else if (arguments.at(i).contains(u'=')) {
            values.insert(name, arguments.at(i).section(u'=', 1));
        } else if (i + 1 < arguments.size()) {
            values.insert(name, arguments.at(++i));
        } else {
            order.error = u"%1: a value must follow"_s.arg(name);
        }
    }
    if (!order.error.isEmpty() || order.help)
        return order;
    order.dataDir = values.value(u"--from"_s).mid(7);
    order.address = values.value(u"--to"_s);
    const QString file = values.value(u"--to-file"_s);
    if (!file.isEmpty() && order.address.isEmpty())
        order.address = readAddress(file, &order.error);
    const bool isPostgres = order.address.startsWith("postgresql://"_L1) || order.address.startsWith("postgres://"_L1);
    if (!order.error.isEmpty())
        return order;
    if (!values.value(u"--from"_s).startsWith("sqlite:"_L1) || order.dataDir.isEmpty())
        order.error = u"--from must be sqlite:DIR, the data directory of a stopped server"_s;
    else if (order.undo && (order.check || values.size() > 1))
        order.error = u"--undo goes with --from alone"_s;
    else if (!order.undo && !isPostgres)
        order.error = u"--to (or the file of --to-file) must be postgresql://USER@HOST/DATABASE"_s;
    return order;
}

ExitCode exitCodeOf(const Error &error)
{
    switch (error.code) {
    case ErrorCode::Conflict:
        return ExitCode::Moved;
    case ErrorCode::Unavailable:
        return ExitCode::DatabaseAway;
    default:
        return ExitCode::Damaged;
    }
}

Result<Done> undo(MoveSource &source, const Clock &clock)
{
    if (!source.mark())
        return Error::conflict({}, u"The store %1 has no mark."_s.arg(source.path()));
    return source.takeMarkOff(IdGenerator(clock).make<GenerationId>());
}

/// Both must be of this release's schema: it is what knows how to read either.
std::optional<OpenFailure> judgeSchema(qint64 version)
{
    const int newest = migrations().last().version;
    if (version == newest)
        return std::nullopt;
    if (version > newest) {
        return OpenFailure{
            OpenFailure::Reason::NewerSchema,
            u"The store was written by a newer release (schema %1, this release knows %2)."_s.arg(version).arg(newest)};
    }
    return OpenFailure{
        OpenFailure::Reason::Moved,
        u"The store is of schema %1, this release's is %2: start this release on it once, and stop it."_s.arg(version)
            .arg(newest)};
}

} // namespace

ExitCode migrate(const QStringList &arguments, const std::function<void(const QString &line)> &answer,
                 const std::function<void(const QString &line)> &complain)
{
    const Order order = parse(arguments);
    if (order.help) {
        answer(kHelp);
        return ExitCode::Stopped;
    }
    if (!order.error.isEmpty()) {
        complain(order.error + u"\nconfabd migrate --help says more"_s);
        return ExitCode::Usage;
    }
    OpenFailure failure;
    const std::unique_ptr<MoveSource> source = MoveSource::open(order.dataDir, &failure);
    if (!source) {
        complain(failure.message);
        return exitCodeOf(failure.reason);
    }
    const SystemClock clock;
    Result<Done> done = Done{};
    if (order.undo) {
        done = undo(*source, clock);
    } else {
        if (const std::optional<OpenFailure> unfit = judgeSchema(source->schemaVersion())) {
            complain(unfit->message);
            return exitCodeOf(unfit->reason);
        }
        const std::unique_ptr<MoveTarget> target = MoveTarget::open(order.address.toUtf8(), &failure);
        if (!target) {
            complain(failure.message);
            return exitCodeOf(failure.reason);
        }
        StoreMove move(*source, *target, withoutPassword(order.address), clock, answer);
        done = order.check ? move.check() : move.run();
    }
    if (done)
        return ExitCode::Stopped;
    complain(done.error().message);
    return exitCodeOf(done.error());
}

} // namespace confab::server
