// SPDX-License-Identifier: MIT
#pragma once

class QGuiApplication;
class QQmlEngine;

namespace confab::app {

/// Sets the language and the fonts of the app: without the emoji font in the list, Qt 6.4 draws emoji in one colour and
/// splits them.
void prepareApplication(QGuiApplication &application);

/// Lets \a engine find the app's QML modules and images. Call it before loading any QML.
void prepareEngine(QQmlEngine &engine);

} // namespace confab::app
