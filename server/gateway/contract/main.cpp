// SPDX-License-Identifier: MIT
#include "server/gateway/contract/ContractDocuments.h"

#include <QtCore/QDir>
#include <QtCore/QSaveFile>

#include <cstdio>

using namespace confab;
using namespace Qt::StringLiterals;

namespace {

bool write(const QString &path, const QByteArray &document)
{
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(document) == document.size() && file.commit())
        return true;
    std::fprintf(stderr, "confab-contract: %s: %s\n", qPrintable(path), qPrintable(file.errorString()));
    return false;
}

} // namespace

/// Writes openapi.json and asyncapi.json of this build, with the default limits, into a folder.
int main(int argc, char **argv)
{
    if (argc != 2) {
        std::fputs("usage: confab-contract FOLDER\n", stderr);
        return 64;
    }
    const QDir folder(QString::fromLocal8Bit(argv[1]));
    const QString version = QLatin1StringView(CONFAB_VERSION);
    const bool written = write(folder.filePath(u"openapi.json"_s), server::openApiDocument(version, Limits())) &&
                         write(folder.filePath(u"asyncapi.json"_s), server::asyncApiDocument(version, Limits()));
    return written ? 0 : 1;
}
