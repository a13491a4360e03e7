// SPDX-License-Identifier: MIT
#include "client-sdk/src/engine/ModelSource.h"

namespace confab::client {

ModelSource::ModelSource(QObject *parent) : QObject(parent) { }

ModelSource::~ModelSource() = default;

} // namespace confab::client
