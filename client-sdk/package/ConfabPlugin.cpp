// SPDX-License-Identifier: MIT
#include <QtQml/QQmlExtensionPlugin>

/// What the QML engine loads for `import Confab`. The module's types register themselves when it is loaded.
class ConfabPlugin : public QQmlEngineExtensionPlugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID QQmlEngineExtensionInterface_iid)
};

#include "ConfabPlugin.moc"
