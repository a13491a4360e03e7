// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QtGlobal>

/// Marks what libConfabClient exports; everything else is hidden. The tree's own targets are compiled with
/// CONFAB_CLIENT_BUILD.
#if defined(CONFAB_CLIENT_BUILD)
#define CONFAB_EXPORT Q_DECL_EXPORT
#else
#define CONFAB_EXPORT Q_DECL_IMPORT
#endif
