// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

namespace confab::test {

/// The process that holds SQLite's shared lock on \a database, as each connection in WAL mode does while it is open;
/// 0 if nobody does. A process loses this lock when it closes any descriptor of the file, whatever it was opened for
/// (POSIX, fcntl; https://www.sqlite.org/howtocorrupt.html, 2.2). -1: the file cannot be looked at.
qint64 sqliteLockHolder(const QString &database);

} // namespace confab::test
