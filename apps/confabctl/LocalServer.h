// SPDX-License-Identifier: MIT
#pragma once

#include "apps/confabctl/Target.h"
#include "server/backends/database/OpenFailure.h"
#include "server/runtime/config/Configuration.h"

#include <memory>

namespace confab::ctl {

/// The store of a server with the server's own services on it: files, which are claimed as a server claims them so that
/// none runs, or a PostgreSQL, beside whatever servers use it.
class LocalServer final : public Target
{
public:
    ~LocalServer() override;

    /// Null with \a failure where a server runs on them, or they cannot be used.
    static std::unique_ptr<LocalServer> open(const server::Configuration &configuration, server::OpenFailure *failure);

    bool isLocal() const override { return true; }

    /// Notes in the audit log what was done to the files themselves.
    Result<Done> record(const char *action, const QString &target, const QString &detail);

protected:
    Result<QByteArray> dispatch(const OperationInfo &info, const QByteArray &params) override;

private:
    struct Services;
    explicit LocalServer(std::unique_ptr<Services> services);

    std::unique_ptr<Services> m_services;
};

} // namespace confab::ctl
