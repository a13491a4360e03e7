// SPDX-License-Identifier: MIT
#pragma once

#include "shared/protocol/Codec.h"
#include "shared/protocol/Json.h"

#include <QtCore/QStringList>

namespace confab::ctl {

/// How confabctl ends, after sysexits(3) and as confabd does.
enum class Exit {
    Done = 0,
    Usage = 64,
    Refused = 65,
    Away = 69,
    Fault = 70,
    Unwritable = 73,
    Damaged = 74,
    ServerRuns = 75,
    NewerDatabase = 76,
    NoPermission = 77,
    Configuration = 78,
};

/// Prints answers: for people, or as JSON for programs. Answers go to standard output, everything else to the other.
class Output
{
public:
    explicit Output(bool json) : m_json(json) { }

    /// An answer, as the contract's JSON or in words.
    template<typename Reply>
    Exit answer(const Reply &reply, const QString &words) const
    {
        print(m_json ? QString::fromUtf8(cborToJson(encodeCbor(reply))) : words);
        return Exit::Done;
    }

    Exit fail(const Error &error) const;
    Exit fail(Exit code, const QString &message) const;

    static void print(const QString &text);

private:
    bool m_json;
};

/// Columns under headings, as wide as what stands in them.
QString table(const QStringList &headings, const QList<QStringList> &rows);

/// A time in words people and `date` read, in UTC; `-` for 0.
QString timeText(qint64 utcMs);

} // namespace confab::ctl
