// SPDX-License-Identifier: MIT
#pragma once

#include "apps/confabctl/Target.h"

#include <QtCore/QUrl>
#include <QtNetwork/QNetworkAccessManager>

namespace confab::ctl {

/// A running server, by its REST interface and an administrator's token.
class RemoteServer final : public Target
{
public:
    RemoteServer(const QUrl &url, const QString &token) : m_url(url), m_token(token) { }

    bool isLocal() const override { return false; }

protected:
    Result<QByteArray> dispatch(const OperationInfo &info, const QByteArray &params) override;

private:
    const QUrl m_url;
    const QString m_token;
    QNetworkAccessManager m_network;
};

} // namespace confab::ctl
