// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QtGlobal>

/// Marks what libConfabClient exports; everything else is hidden.
#if defined(CONFAB_CLIENT_BUILD)
#define CONFAB_CLIENT_EXPORT Q_DECL_EXPORT
#else
#define CONFAB_CLIENT_EXPORT Q_DECL_IMPORT
#endif
