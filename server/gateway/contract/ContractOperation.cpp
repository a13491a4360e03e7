// SPDX-License-Identifier: MIT
#include "server/gateway/contract/ContractOperation.h"

namespace confab::server {

std::vector<ContractOperation> contractOperations()
{
    std::vector<ContractOperation> operations;
    AllOperations::forEach([&operations]<typename Op>() {
        operations.push_back({&Op::kInfo, ContractType::of<Op>(), ContractType::of<typename Op::Reply>()});
    });
    return operations;
}

std::vector<ContractEvent> contractEvents()
{
    std::vector<ContractEvent> events;
    AllEvents::forEach([&events]<typename Event>() { events.push_back({Event::kEvent, ContractType::of<Event>()}); });
    return events;
}

} // namespace confab::server
