// SPDX-License-Identifier: MIT
#include <Confab/SecretStore.h>

namespace confab::client {

SecretStore::~SecretStore() = default;

} // namespace confab::client
