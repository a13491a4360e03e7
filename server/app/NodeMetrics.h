// SPDX-License-Identifier: MIT
#pragma once

namespace confab::server {

class BoundedPool;
class FloodLimits;
class MetricsPage;
class NodeBus;
class NodeLimits;
class PasswordHasher;

/// What the shards of a node share and is counted nowhere near a socket.
struct NodeParts
{
    const NodeBus &bus;
    const BoundedPool &hashPool;
    const PasswordHasher &hasher;
    const FloodLimits &floods;
    const NodeLimits &limits;
};

/// Tells of the bus, the password hashes and what the limits refused. Thread-safe.
void measureNode(MetricsPage &page, const NodeParts &parts);

/// Says which build this is.
void measureBuild(MetricsPage &page);

} // namespace confab::server
