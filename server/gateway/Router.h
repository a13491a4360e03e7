// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/GatewayCounters.h"
#include "server/runtime/Async.h"
#include "server/services/Caller.h"
#include "shared/protocol/Codec.h"
#include "shared/protocol/Operations.h"

#include <QtCore/QByteArray>
#include <QtCore/QHash>

#include <functional>
#include <memory>
#include <vector>

namespace confab::server {

/// One operation as the gateway runs it: parameters and reply are CBOR maps.
struct Route
{
    using Dispatch = std::function<Task<QByteArray>(Caller caller, QByteArray params)>;

    const OperationInfo *info;
    const WirePlan *parameters;
    bool repliesEmpty; ///< The reply says no more than "done".
    Dispatch dispatch;
    std::unique_ptr<OperationStats> stats; ///< Of the calls so far.

    bool needsUser() const { return info->access == Access::User || info->access == Access::Administrator; }
};

/// Says who is an administrator, for the operations of Access::Administrator.
class AdministratorCheck
{
public:
    virtual ~AdministratorCheck() = default;

    /// `permissionDenied` for whoever is no administrator at this moment.
    virtual Task<Done> admitAdministrator(Caller caller) = 0;
};

/// The operations of this server by name: the one table behind socket and REST.
class Router
{
public:
    /// Operations of Access::Administrator run after \a administrators admitted their caller, and never without it.
    explicit Router(AdministratorCheck *administrators = nullptr) : m_administrators(administrators) { }

    /// Registers a function `Task<Op::Reply>(Caller, Op)`. Asserts that the operation has no handler yet.
    template<typename Op, typename Function>
    void handle(Function function)
    {
        constexpr bool repliesEmpty = std::is_same_v<typename Op::Reply, Empty>;
        add({&Op::kInfo, &WirePlan::of<Op>(), repliesEmpty,
             [function, check = m_administrators](Caller caller, QByteArray params) {
                 return run<Op>(check, function, caller, params);
             },
             std::make_unique<OperationStats>()});
    }

    /// Registers a service's method.
    template<typename Op, typename Service>
    void handle(Service &service, Task<typename Op::Reply> (Service::*method)(Caller, Op))
    {
        handle<Op>([&service, method](Caller caller, Op op) { return (service.*method)(caller, std::move(op)); });
    }

    /// The operation of this name, or null.
    const Route *find(const QByteArray &name) const;

    const std::vector<std::unique_ptr<Route>> &routes() const { return m_routes; }

private:
    template<typename Op, typename Function>
    static Task<QByteArray> run(AdministratorCheck *check, Function function, Caller caller, QByteArray params)
    {
        try {
            if constexpr (Op::kInfo.access == Access::Administrator) {
                if (!check)
                    co_return Error::denied(QStringLiteral("This server has no administrators."));
                const Result<Done> admitted = co_await check->admitAdministrator(caller);
                if (!admitted)
                    co_return admitted.error();
            }
            Result<Op> op = decodeCbor<Op>(params, Strictness::Request);
            if (!op)
                co_return op.error();
            Task<typename Op::Reply> task = function(std::move(caller), *std::move(op));
            const Result<typename Op::Reply> reply = co_await task;
            if (!reply)
                co_return reply.error();
            co_return encodeCbor(*reply);
        } catch (...) {
            logException(Op::kInfo.name);
            co_return Error::internal(QStringLiteral("The server failed to do this."));
        }
    }

    void add(Route route);
    static void logException(const char *operation);

    AdministratorCheck *m_administrators;
    std::vector<std::unique_ptr<Route>> m_routes;
    QHash<QByteArray, const Route *> m_byName;
};

} // namespace confab::server
