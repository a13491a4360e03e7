// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>

namespace confab::server {

/// One step of the schema: the statements that lead to `version`, run in one transaction with its recording.
///
/// Written once for both engines in PostgreSQL's type names, which SQLite takes as affinities (uuid and bytea keep
/// blobs as they are). `{clustered}` stands for the engine's way to store a table in the order of its primary key.
/// Steps only add, so that the release before still runs on the new schema.
struct Migration
{
    int version;
    QList<QByteArray> statements;
};

/// All steps in the order of their versions, 1, 2, 3 …
const QList<Migration> &migrations();

} // namespace confab::server
