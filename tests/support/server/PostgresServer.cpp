// SPDX-License-Identifier: MIT
#include "tests/support/server/PostgresServer.h"

#include "tests/support/FreePort.h"

#include <QtCore/QDeadlineTimer>
#include <QtCore/QDir>

#include <libpq-fe.h>

#include <csignal>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace confab::test {

using namespace Qt::StringLiterals;

namespace {

const passwd *owner()
{
    return ::geteuid() == 0 ? ::getpwnam("postgres") : ::getpwuid(::geteuid());
}

QString programOf(const QString &name)
{
    const QDir versions(u"/usr/lib/postgresql"_s);
    for (const QString &version : versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name | QDir::Reversed)) {
        QString path = versions.filePath(version + u"/bin/"_s + name);
        if (QFileInfo(path).isExecutable())
            return path;
    }
    return name;
}

} // namespace

PostgresServer::~PostgresServer()
{
    if (!isRunning())
        return;
    signal(SIGQUIT); // an immediate shutdown, which ends its children as well
    m_process->waitForFinished();
}

std::unique_ptr<QProcess> PostgresServer::processOf(const QString &program) const
{
    auto process = std::make_unique<QProcess>();
    process->setProgram(programOf(program));
    process->setWorkingDirectory(m_directory.path());
    process->setProcessChannelMode(QProcess::MergedChannels);
    const passwd *user = owner();
    process->setChildProcessModifier([user] {
        if (::geteuid() == 0 && user &&
            (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
            ::_exit(1);
        ::prctl(PR_SET_PDEATHSIG, SIGQUIT); // it goes with a test that dies; another user would forget it again
    });
    return process;
}

bool PostgresServer::makeCluster()
{
    return makeData(u"initdb"_s, {u"--username"_s, u"confab"_s, u"--auth"_s, u"trust"_s, u"--encoding"_s, u"UTF8"_s,
                                  u"--locale"_s, u"C.UTF-8"_s, u"--no-sync"_s});
}

bool PostgresServer::copyCluster(const PostgresServer &primary)
{
    // --write-recovery-conf makes it a standby that knows its primary.
    return makeData(u"pg_basebackup"_s,
                    {u"--host"_s, u"127.0.0.1"_s, u"--port"_s, QString::number(primary.port()), u"--username"_s,
                     u"confab"_s, u"--checkpoint"_s, u"fast"_s, u"--write-recovery-conf"_s, u"--no-sync"_s});
}

bool PostgresServer::makeData(const QString &program, const QStringList &arguments)
{
    const passwd *user = owner();
    if (!user || ::chown(QFile::encodeName(m_directory.path()).constData(), user->pw_uid, user->pw_gid) != 0)
        return false;
    const auto process = processOf(program);
    process->setArguments(QStringList{u"--pgdata"_s, m_directory.filePath(u"data"_s)} + arguments);
    process->start();
    const bool made = process->waitForFinished(120'000) && process->exitCode() == 0;
    if (!made)
        qWarning("%s failed: %s", qPrintable(program), process->readAll().constData());
    return made;
}

bool PostgresServer::startAsStandbyOf(const PostgresServer &primary)
{
    if (!copyCluster(primary))
        return false;
    m_port = freePort();
    return start();
}

bool PostgresServer::promote()
{
    return run("SELECT pg_promote(true, 60)") == "t";
}

bool PostgresServer::start(const QStringList &settings)
{
    if (m_port == 0) {
        if (!makeCluster())
            return false;
        m_port = freePort();
    }
    m_process = processOf(u"postgres"_s);
    m_process->setStandardOutputFile(m_directory.filePath(u"log"_s), QIODevice::Append);
    QStringList arguments{
        u"-D"_s, m_directory.filePath(u"data"_s), u"-p"_s, QString::number(m_port), u"-k"_s, m_directory.path(),
        u"-c"_s, u"listen_addresses=127.0.0.1"_s, u"-c"_s, u"max_connections=100"_s};
    for (const QString &setting : settings)
        arguments << u"-c"_s << setting;
    m_process->setArguments(arguments);
    m_process->start();
    const QDeadlineTimer deadline(60'000);
    while (!deadline.hasExpired()) {
        if (PQping(conninfo("postgres").constData()) == PQPING_OK)
            return true;
        // Children of one that was killed keep it from starting for as long as they live.
        if (m_process->waitForFinished(50))
            m_process->start();
    }
    qWarning("PostgreSQL did not start");
    return false;
}

void PostgresServer::kill9()
{
    // Its children notice and end by themselves; until then they hold the shared memory of the data directory.
    m_process->kill();
    m_process->waitForFinished();
}

void PostgresServer::signal(int number)
{
    ::kill(static_cast<pid_t>(m_process->processId()), number);
}

QByteArray PostgresServer::conninfo(const QByteArray &database) const
{
    return "host=127.0.0.1 port=" + QByteArray::number(m_port) + " user=confab connect_timeout=5 dbname=" + database;
}

QByteArray PostgresServer::url(const QByteArray &database) const
{
    return "postgresql://confab@127.0.0.1:" + QByteArray::number(m_port) + '/' + database;
}

QByteArray PostgresServer::makeDatabase(const QByteArray &name)
{
    run("CREATE DATABASE " + name);
    return conninfo(name);
}

QByteArray PostgresServer::run(const QByteArray &sql, const QByteArray &database)
{
    PGconn *connection = PQconnectdb(conninfo(database).constData());
    PGresult *result = PQexec(connection, sql.constData());
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        qWarning("%s", PQerrorMessage(connection));
    QByteArray value = PQntuples(result) > 0 ? QByteArray(PQgetvalue(result, 0, 0)) : QByteArray();
    PQclear(result);
    PQfinish(connection);
    return value;
}

std::shared_ptr<void> PostgresServer::hold(const QByteArray &sql, const QByteArray &database)
{
    std::shared_ptr<PGconn> connection(PQconnectdb(conninfo(database).constData()), PQfinish);
    PGresult *result = PQexec(connection.get(), QByteArray("BEGIN; " + sql).constData());
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        qWarning("%s", PQerrorMessage(connection.get()));
    PQclear(result);
    return connection;
}

} // namespace confab::test
