// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/database/OpenFailure.h"

#include <QtCore/QString>

#include <memory>
#include <optional>

namespace confab::server {

/// The directory a server keeps its data in, held by one process at a time.
///
/// The lock is an flock() on a file in it, so that a killed process leaves none behind.
class DataDirectory
{
public:
    ~DataDirectory();
    Q_DISABLE_COPY_MOVE(DataDirectory)

    /// Makes the directory (mode 0700) where there is none and takes the lock. Null with \a failure otherwise.
    static std::unique_ptr<DataDirectory> claim(const QString &path, OpenFailure *failure);

    const QString &path() const { return m_path; }
    QString filePath(const QString &name) const { return m_path + u'/' + name; }

private:
    DataDirectory(const QString &path, int lock) : m_path(path), m_lock(lock) { }

    QString m_path;
    int m_lock;
};

} // namespace confab::server
