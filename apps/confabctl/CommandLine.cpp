// SPDX-License-Identifier: MIT
#include "apps/confabctl/CommandLine.h"

namespace confab::ctl {
using namespace Qt::StringLiterals;

CommandLine CommandLine::parse(const QStringList &arguments)
{
    static const QStringList flags{u"json"_s, u"help"_s, u"version"_s};
    static const QStringList valued{u"server"_s, u"token-file"_s,  u"config"_s, u"data-dir"_s,
                                    u"uses"_s,   u"valid-hours"_s, u"note"_s,   u"limit"_s};
    CommandLine line;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString &argument = arguments.at(i);
        if (!argument.startsWith("--"_L1)) {
            line.words += argument == "-h"_L1 ? u"help"_s : argument;
            continue;
        }
        const QString name = argument.mid(2).section(u'=', 0, 0);
        if (flags.contains(name)) {
            line.options.insert(name, u"yes"_s);
        } else if (!valued.contains(name)) {
            line.error = u"%1: unknown option"_s.arg(argument);
        } else if (argument.contains(u'=')) {
            line.options.insert(name, argument.section(u'=', 1));
        } else if (i + 1 < arguments.size()) {
            line.options.insert(name, arguments.at(++i));
        } else {
            line.error = u"%1 needs a value"_s.arg(argument);
        }
    }
    return line;
}

QString helpText()
{
    return uR"(confabctl administers a Confab server.

Usage: confabctl [OPTIONS] COMMAND

  admin add HANDLE             makes somebody an administrator; on a stopped server also makes the account
  admin remove HANDLE          makes an administrator an ordinary person again
  users [list]                 all accounts
  users show HANDLE
  user deactivate HANDLE       signs somebody out everywhere and keeps them out
  user reactivate HANDLE
  user reset-password HANDLE   makes a new password, shows it once and ends all sessions
  sessions list HANDLE
  sessions end HANDLE [ID]     ends one session of somebody, or all of them
  invites create [--uses N] [--valid-hours N] [--note TEXT]
                               makes an invite code: one use and seven days unless you say otherwise; 0 hours: for ever
  invites list
  invites revoke ID
  stats                        how much is stored
  audit [--limit N]            what administrators did, newest first
  generation renew             makes every client sync in full when it next connects

On the server's own machine, whether the server runs or not:
  backup FILE                  writes a copy of the database, checked, to a new file
Only while the server is stopped:
  restore FILE                 puts a backup in the place of the database, which is kept beside it

For running servers:
  login HANDLE                 reads the password from the terminal or standard input and writes the token file

Options:
  --server URL                 a running server, such as https://chat.example.org
  --token-file FILE            an administrator's token, as `login` writes it
  --config FILE                confabd's configuration file, to find the files of a stopped server
  --data-dir DIR               its data directory, where that is all you need to say
  --json                       answers as JSON, one object
  --help, --version

Without --server the command works on the files of a stopped server.

Exit codes: 0 done, 64 command line wrong, 65 refused (the message says why), 69 server away, 70 a fault,
73 files cannot be written, 74 database damaged, 75 a server runs on these files, 76 database is newer,
77 no permission, 78 configuration wrong.)"_s;
}

} // namespace confab::ctl
