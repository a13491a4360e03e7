// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QProcessEnvironment>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>

#include <memory>

namespace confab::test {

/// The real confabd as a process of its own, to be killed and started again on the same data and port.
///
/// All calls block, running no event loop. The process dies with the object.
class ConfabdProcess
{
public:
    /// \a arguments come after `--listen` and `--data-dir`, which \a arguments may repeat to override.
    explicit ConfabdProcess(const QStringList &arguments = {});
    ~ConfabdProcess();

    /// Added to this process's environment at the next start: NAME=value.
    void setEnvironment(const QStringList &environment) { m_environment = environment; }
    /// How many files the process may open from its next start on.
    void setDescriptorLimit(int count) { m_descriptorLimit = count; }

    /// Starts and waits until the server says that it listens; false when it ended instead. The port, once known,
    /// stays the same at the next start.
    bool start();

    /// Ends it as `kill -9` does and waits for that.
    void kill9();

    /// Asks it to stop by SIGTERM and returns the exit code; -1 when it did not end within 30 s or crashed.
    int terminate();

    /// kill9() where it runs, then start().
    bool restart();

    /// Runs it to its end, for command lines that do not serve; the exit code, or -1.
    static int run(const QStringList &arguments, QByteArray *output = nullptr, QByteArray *errors = nullptr,
                   const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment());

    QProcess &process() { return *m_process; }
    qint64 pid() const { return m_process->processId(); }
    qint64 residentBytes() const; ///< What it has in memory now (VmRSS); 0 when it does not run.
    int exitCode() const { return m_process->exitCode(); }
    QByteArray output() const { return m_output; } ///< Standard output up to "listening", then as read.
    QByteArray errorOutput();
    quint16 port() const { return m_port; }
    QUrl url() const;
    QUrl socketUrl() const;
    QString dataDir() const { return m_directory.filePath(QStringLiteral("data")); }

    /// Where a program of the build lies.
    static QString program(const QString &name = QStringLiteral("confabd"));

private:
    QTemporaryDir m_directory;
    const QStringList m_arguments;
    QStringList m_environment;
    std::unique_ptr<QProcess> m_process;
    QByteArray m_output;
    quint16 m_port = 0;
    int m_descriptorLimit = 0; // 0: the test's own
};

} // namespace confab::test
