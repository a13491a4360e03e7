// SPDX-License-Identifier: MIT
#include "server/gateway/contract/ContractFiles.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

// Outside of any namespace, as Q_INIT_RESOURCE wants it: a static library's resources register by this call.
static void initContractResources()
{
    Q_INIT_RESOURCE(contract);
}

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {

QDir folder()
{
    initContractResources();
    return QDir(u":/confab/contract"_s);
}

} // namespace

QStringList contractHeaders()
{
    return folder().entryList({u"*.h"_s}, QDir::Files, QDir::Name);
}

QByteArray contractFile(const QString &name)
{
    QFile file(folder().filePath(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace confab::server
