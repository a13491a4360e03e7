// SPDX-License-Identifier: MIT
#include <Confab/Types.h>

#include "shared/protocol/WireType.h"

namespace confab::client {

void registerTypes()
{
    // The table of wire types makes the conversions when it is built.
    wireTypeOf(QMetaType::fromType<UserId>());
}

} // namespace confab::client
