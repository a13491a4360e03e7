// SPDX-License-Identifier: MIT
#pragma once

#include <QtNetwork/QTcpServer>

namespace confab::test {

/// A port of the loopback address that nobody has at this moment, for programs that cannot choose one; 0 where there is
/// none.
inline quint16 freePort()
{
    QTcpServer probe;
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : quint16(0);
}

} // namespace confab::test
