// SPDX-License-Identifier: MIT
#include "server/backends/bus/local/LocalBus.h"
#include "tests/contract/bus/BusContract.h"
#include "tests/support/TestClass.h"

/// The in-process bus under the contract.
class tst_LocalBus : public confab::test::BusContract
{
    Q_OBJECT

    confab::server::LocalBus m_bus;

    std::unique_ptr<confab::server::Bus> makeEndpoint() override { return m_bus.makeEndpoint(); }
};

CONFAB_TEST_CLASS(tst_LocalBus)
#include "tst_LocalBus.moc"
