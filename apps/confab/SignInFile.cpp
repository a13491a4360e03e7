// SPDX-License-Identifier: MIT
#include "apps/confab/SignInFile.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

namespace confab::app {

using namespace Qt::StringLiterals;

// { "serverUrl": "http://127.0.0.1:8484", "handle": "ada", "password": "…" }
Result<SignIn> readSignInFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error::notFound(u"%1 cannot be read: %2."_s.arg(path, file.errorString()));
    const QJsonObject root = QJsonDocument::fromJson(file.readAll()).object();
    SignIn signIn;
    signIn.server = QUrl(root.value("serverUrl"_L1).toString());
    signIn.handle = root.value("handle"_L1).toString();
    signIn.password = root.value("password"_L1).toString();
    if (signIn.handle.isEmpty() || signIn.password.isEmpty())
        return Error::invalid({}, u"%1 is no sign-in file: it holds no handle and password."_s.arg(path));
    return signIn;
}

} // namespace confab::app
