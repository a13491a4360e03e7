// SPDX-License-Identifier: MIT
#include "apps/confab/SignInFile.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace confab::app {

using namespace Qt::StringLiterals;

// { "server": "http://127.0.0.1:8484", "accounts": [ { "handle": "ada", "password": "…" }, … ] }
Result<SignIn> readSignInFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error::notFound(u"%1 cannot be read: %2."_s.arg(path, file.errorString()));
    const QJsonObject root = QJsonDocument::fromJson(file.readAll()).object();
    const QJsonObject account = root.value("accounts"_L1).toArray().first().toObject();

    SignIn signIn;
    signIn.server = QUrl(root.value("server"_L1).toString());
    signIn.handle = account.value("handle"_L1).toString();
    signIn.password = account.value("password"_L1).toString();
    if (signIn.handle.isEmpty() || signIn.password.isEmpty())
        return Error::invalid({}, u"%1 is no sign-in file: it names no account with handle and password."_s.arg(path));
    return signIn;
}

} // namespace confab::app
