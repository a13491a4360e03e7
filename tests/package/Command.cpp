// SPDX-License-Identifier: MIT
#include "tests/package/Command.h"

#include <QtCore/QProcess>

namespace confab::test {

Command Command::run(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment,
                     int patienceMs)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program, arguments);
    const bool ended = process.waitForFinished(patienceMs) && process.exitStatus() == QProcess::NormalExit;
    if (!ended) {
        process.kill();
        process.waitForFinished();
    }
    return {ended ? process.exitCode() : -1, program + u' ' + arguments.join(u' ') + u'\n' + process.errorString() +
                                                 u'\n' + QString::fromLocal8Bit(process.readAll())};
}

} // namespace confab::test
