// SPDX-License-Identifier: MIT
#include "server/services/auth/AccountRows.h"

#include "shared/text/SearchFold.h"

namespace confab::server {

User userOf(const Row &row, int first)
{
    return {row.at(first).toId<UserId>(), row.at(first + 1).toText(), row.at(first + 2).toText(),
            row.at(first + 3).toInt(), row.at(first + 4).toBool()};
}

Session sessionOf(const Row &row, int first)
{
    return {row.at(first).toId<SessionId>(), row.at(first + 1).toText(), row.at(first + 2).toInt(),
            row.at(first + 3).toInt(),       row.at(first + 4).toInt(),  false};
}

QStringList userTerms(const QString &handle, const QString &displayName)
{
    QStringList terms{foldForSearch(handle)};
    terms += searchWords(handle);
    terms += searchWords(displayName);
    terms.removeDuplicates();
    return terms;
}

Batch insertTerms(const UserId &userId, const QStringList &terms)
{
    Batch batch;
    for (const QString &term : terms)
        batch += {"INSERT INTO user_terms (term, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING", {term, userId}, {}};
    return batch;
}

} // namespace confab::server
