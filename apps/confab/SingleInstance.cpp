// SPDX-License-Identifier: MIT
#include "apps/confab/SingleInstance.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QFileInfo>
#include <QtNetwork/QLocalSocket>

namespace confab::app {

using namespace Qt::StringLiterals;

namespace {

constexpr int kAnswerMs = 2000;

/// Names of local sockets are short, and one profile may be named in several ways.
QString socketName(const QString &profile)
{
    const QByteArray path = QFileInfo(profile).canonicalFilePath().toUtf8();
    const QByteArray hash = QCryptographicHash::hash(path, QCryptographicHash::Sha256).toHex().first(24);
    return u"confab-"_s + QString::fromLatin1(hash);
}

} // namespace

SingleInstance::SingleInstance(const QString &profile, QObject *parent)
    : QObject(parent), m_name(socketName(profile)), m_lock(profile + u"/app.lock"_s)
{
    // A process that died leaves its lock; QLockFile knows by its id that it is gone, however old the lock is.
    m_lock.setStaleLockTime(0);
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::onConnection);
}

bool SingleInstance::claim()
{
    if (!m_lock.tryLock(0) && m_lock.error() == QLockFile::LockFailedError) {
        askOther();
        return false;
    }
    // Whoever holds the lock owns the name; what a dead process left of the socket may go.
    QLocalServer::removeServer(m_name);
    m_server.listen(m_name);
    return true;
}

bool SingleInstance::askOther() const
{
    QLocalSocket socket;
    socket.connectToServer(m_name);
    return socket.waitForConnected(kAnswerMs) && socket.write("raise\n") == 6 && socket.waitForBytesWritten(kAnswerMs);
}

void SingleInstance::onConnection()
{
    while (QLocalSocket *socket = m_server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        socket->disconnectFromServer();
        Q_EMIT raiseRequested();
    }
}

} // namespace confab::app
