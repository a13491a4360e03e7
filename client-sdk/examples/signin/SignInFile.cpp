// SPDX-License-Identifier: MIT
#include "SignInFile.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
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
    signIn.server = QUrl(json["server"_L1].toString(), QUrl::StrictMode);
    const QJsonArray accounts = json["accounts"_L1].toArray();
    for (const QJsonValue &account : accounts)
        signIn.accounts.append({account["handle"_L1].toString(), account["password"_L1].toString()});
    if (signIn.accounts.isEmpty())
        return Error::invalid({}, u"%1 is no sign-in file: it names no account"_s.arg(path));
    for (const Account &account : signIn.accounts) {
        if (account.handle.isEmpty() || account.password.isEmpty())
            return Error::invalid({}, u"%1 is no sign-in file: an account lacks its handle or password"_s.arg(path));
    }
    return signIn;
}

Result<Done> SignInFile::write(const QString &path) const
{
    QJsonArray array;
    for (const Account &account : accounts)
        array.append(QJsonObject{{u"handle"_s, account.handle}, {u"password"_s, account.password}});
    const QJsonObject json{{u"server"_s, server.toString()}, {u"accounts"_s, array}};
    QSaveFile file(path);
    // The permissions are set before a password is in it.
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) ||
        file.write(QJsonDocument(json).toJson()) < 0 || !file.commit())
        return Error::unavailable(u"%1: %2"_s.arg(path, file.errorString()));
    return Done{};
}
