// SPDX-License-Identifier: MIT
#include "tests/simulation/Files.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>

namespace confab::simulation {

using namespace Qt::StringLiterals;

void copyDatabase(const QString &from, const QString &to)
{
    if (!QDir().mkpath(to))
        qFatal("the folder %ls cannot be made", qUtf16Printable(to));
    for (const QString &name : {u"confab.db"_s, u"confab.db-wal"_s}) {
        const QString source = from + u'/' + name;
        if (QFile::exists(source) && !QFile::copy(source, to + u'/' + name))
            qFatal("%ls cannot be copied", qUtf16Printable(source));
    }
}

ScratchFolder::ScratchFolder()
{
    const QString memory = u"/dev/shm"_s;
    const QString parent = QFileInfo(memory).isWritable() ? memory : QDir::tempPath();
    QTemporaryDir folder(parent + u"/confab-simulation-XXXXXX"_s);
    if (!folder.isValid())
        qFatal("no scratch folder: %ls", qUtf16Printable(folder.errorString()));
    folder.setAutoRemove(false);
    m_path = folder.path();
}

ScratchFolder::~ScratchFolder()
{
    QDir(m_path).removeRecursively();
}

QString ScratchFolder::fresh(const QString &name)
{
    return m_path + u'/' + name + u'-' + QString::number(m_count++);
}

void ScratchFolder::clear()
{
    for (const QString &name : QDir(m_path).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        QDir(m_path + u'/' + name).removeRecursively();
    m_count = 0;
}

} // namespace confab::simulation
