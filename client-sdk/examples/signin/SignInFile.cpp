// SPDX-License-Identifier: MIT
#include "client-sdk/examples/signin/SignInFile.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>

using namespace confab;
using namespace Qt::StringLiterals;

Result<SignInFile> SignInFile::read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error::notFound(u"%1: %2"_s.arg(path, file.errorString()));
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    SignInFile signIn;
    signIn.serverUrl = QUrl(json["serverUrl"_L1].toString(), QUrl::StrictMode);
    signIn.handle = json["handle"_L1].toString();
    signIn.password = json["password"_L1].toString();
    if (signIn.handle.isEmpty() || signIn.password.isEmpty())
        return Error::invalid({}, u"%1 does not hold a handle and a password"_s.arg(path));
    return signIn;
}

Result<Done> SignInFile::write(const QString &path) const
{
    const QJsonObject json{{u"serverUrl"_s, serverUrl.toString()}, {u"handle"_s, handle}, {u"password"_s, password}};
    QSaveFile file(path);
    // The permissions are set before the password is in it.
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) ||
        file.write(QJsonDocument(json).toJson()) < 0 || !file.commit())
        return Error::unavailable(u"%1: %2"_s.arg(path, file.errorString()));
    return Done{};
}
