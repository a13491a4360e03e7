// SPDX-License-Identifier: MIT
#pragma once

#include "apps/confabctl/CommandLine.h"
#include "apps/confabctl/Output.h"
#include "apps/confabctl/Target.h"
#include "shared/protocol/Operations.h"

namespace confab::ctl {

/// The commands that are operations of a server, running or not.
class Commands
{
public:
    Commands(Target &target, const CommandLine &line, const Output &output)
        : m_target(target), m_line(line), m_output(output)
    {
    }

    /// Whether there is such a command with so many words.
    static bool knows(const QStringList &words);

    Exit run();

private:
    Exit admin();
    Exit users();
    Exit user();
    Exit sessions();
    Exit invites();
    Exit stats();
    Exit audit();
    Exit renewGeneration();
    Exit setAdministrator(const UserId &userId, const QString &handle, bool administrator);
    Exit addNewAdministrator(const QString &handle);
    Result<AccountList> allAccounts();
    Result<AccountRecord> account(const QString &handle);
    Result<std::optional<qint64>> number(const QString &option) const;

    Target &m_target;
    const CommandLine &m_line;
    const Output &m_output;
};

} // namespace confab::ctl
