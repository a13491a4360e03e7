// SPDX-License-Identifier: MIT
#include "apps/confabctl/FileCommands.h"

#include "apps/confabctl/LocalServer.h"
#include "apps/confabctl/RemoteServer.h"
#include "server/backends/database/sqlite/SqliteBackup.h"
#include "shared/core/Clock.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QDateTime>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>

#include <cstdio>
#include <termios.h>
#include <unistd.h>

namespace confab::ctl {
using namespace server;
using namespace Qt::StringLiterals;

namespace {
/// One line of standard input; at a terminal it is asked for and does not show.
QString readPassword()
{
    termios before{};
    const bool terminal = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        std::fputs("Password: ", stderr);
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    QByteArray line;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
        line += static_cast<char>(c);
    if (terminal) {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::fputc('\n', stderr);
    }
    return QString::fromUtf8(line);
}
} // namespace

Exit explain(const OpenFailure &failure, const Output &output)
{
    switch (failure.reason) {
    case OpenFailure::Reason::Unwritable:
        return output.fail(Exit::Unwritable, failure.message);
    case OpenFailure::Reason::AlreadyRunning:
        return output.fail(Exit::ServerRuns,
                           failure.message + u" To administer it while it runs, use --server URL --token-file FILE."_s);
    case OpenFailure::Reason::NewerSchema:
        return output.fail(Exit::NewerDatabase, failure.message);
    case OpenFailure::Reason::Configuration:
        return output.fail(Exit::Configuration, failure.message);
    case OpenFailure::Reason::Moved:
        return output.fail(Exit::Refused, failure.message);
    case OpenFailure::Reason::Unreachable:
        return output.fail(Exit::Away, failure.message);
    case OpenFailure::Reason::Damaged:
        break;
    }
    return output.fail(Exit::Damaged, failure.message);
}

Exit backUp(const Configuration &configuration, const QString &file, const Output &output)
{
    const Result<StoredCopy> copy = SqliteBackup::save(configuration.databasePath, file);
    if (!copy) {
        const bool unwritable = copy.error().code == ErrorCode::Unavailable;
        return unwritable ? output.fail(Exit::Unwritable, copy.error().message) : output.fail(copy.error());
    }
    return output.answer(StoreStats{0, 0, 0, 0, 0, copy->messages, 0, copy->schemaVersion, copy->generation},
                         u"%1: %2 bytes, %3 messages, schema %4. It was read back and is whole."_s
                             .arg(QFileInfo(file).absoluteFilePath())
                             .arg(copy->bytes)
                             .arg(copy->messages)
                             .arg(copy->schemaVersion));
}

Exit restore(const Configuration &configuration, const QString &file, const Output &output)
{
    const SystemClock clock;
    const IdGenerator ids(clock);
    const QString stamp = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss"_s);
    QString before;
    StoredCopy copy;
    {
        OpenFailure failure;
        const std::unique_ptr<DataDirectory> directory = DataDirectory::claim(configuration.dataDir, &failure);
        if (!directory)
            return explain(failure, output);
        const Result<SqliteBackup::Restored> restored =
            SqliteBackup::restore(file, *directory, configuration.databasePath, ids.make<GenerationId>(), stamp);
        if (!restored) {
            const bool unwritable = restored.error().code == ErrorCode::Unavailable;
            return unwritable ? output.fail(Exit::Unwritable, restored.error().message) : output.fail(restored.error());
        }
        copy = restored->copy;
        before = restored->before;
    }
    // Only now does the store know what was done to it; this also brings an older copy to this release's schema.
    OpenFailure failure;
    const std::unique_ptr<LocalServer> store = LocalServer::open(configuration, &failure);
    if (!store)
        return explain(failure, output);
    const Result<Done> recorded = store->record("restore", QFileInfo(file).fileName(), QString());
    if (!recorded)
        return output.fail(recorded.error());
    const QString kept = before.isEmpty() ? QString() : u"\nThe database that was there is kept as %1."_s.arg(before);
    return output.answer(StoreStats{0, 0, 0, 0, 0, copy.messages, 0, copy.schemaVersion, copy.generation},
                         u"Restored: %1 messages, new generation %2.%3"_s.arg(QString::number(copy.messages),
                                                                              copy.generation.toString(), kept));
}

Exit login(const QUrl &server, const QString &handle, const QString &tokenFile, const Output &output)
{
    RemoteServer remote(server, {});
    OpenSession op;
    op.handle = handle;
    op.password = readPassword();
    op.deviceName = u"confabctl"_s;
    const Result<SignedIn> signedIn = remote.call(op);
    if (!signedIn)
        return output.fail(signedIn.error());
    QSaveFile file(tokenFile);
    const bool written = file.open(QIODevice::WriteOnly) &&
                         file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner) &&
                         file.write(signedIn->token.toLatin1() + '\n') > 0 && file.commit();
    if (!written)
        return output.fail(Exit::Unwritable, u"%1 cannot be written to: %2."_s.arg(tokenFile, file.errorString()));
    return output.answer(signedIn->user,
                         u"Signed in as %1. The token is in %2."_s.arg(signedIn->user.handle, tokenFile));
}

} // namespace confab::ctl
