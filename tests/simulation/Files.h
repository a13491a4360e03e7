// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QString>

namespace confab::simulation {

/// Makes \a to with what a process killed right now would leave of the database in \a from: the file and its log.
/// What is committed is in it, an open transaction is not.
void copyDatabase(const QString &from, const QString &to);

/// A folder in memory where the machine has one, that goes with the object.
class ScratchFolder
{
public:
    ScratchFolder();
    ~ScratchFolder();
    Q_DISABLE_COPY_MOVE(ScratchFolder)

    /// A path in it that was not given before.
    QString fresh(const QString &name);
    /// Removes everything in it.
    void clear();

private:
    QString m_path;
    int m_count = 0;
};

} // namespace confab::simulation
