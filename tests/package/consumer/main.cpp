// SPDX-License-Identifier: MIT
// use-minimal-qml SERVER HANDLE PASSWORD PROFILE EXPECTED REPLY: opens the example's Main.qml, signs in, opens the only
// conversation, waits for a message with the text EXPECTED, writes REPLY, and ends with 0 once it counts as
// sent, and nothing was complained of meanwhile.
#include <QtCore/QAbstractItemModel>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickItem>
#include <QtQuick/QQuickWindow>
#include <QtTest/QTest>

#include <cstdio>
#include <cstdlib>
#include <functional>

using namespace Qt::StringLiterals;

namespace {

constexpr int kPatienceMs = 60'000;

bool complained = false;

/// What Qt and the QML engine complain of is a fault of the example.
void print(QtMsgType type, const QMessageLogContext &, const QString &text)
{
    complained = complained || type != QtDebugMsg;
    std::fprintf(stderr, "%s\n", qPrintable(text));
}

[[noreturn]] void fail(const char *text)
{
    std::fprintf(stderr, "use-minimal-qml: %s\n", text);
    std::exit(1);
}

void require(const char *what, const std::function<bool()> &condition)
{
    if (!QTest::qWaitFor(condition, kPatienceMs)) {
        std::fprintf(stderr, "the window is called: %s\n", qPrintable(qGuiApp->topLevelWindows().value(0)->title()));
        fail(what);
    }
    std::printf("%s\n", what);
}

/// The first visible item below \a root that \a matches.
QQuickItem *find(QQuickItem *root, const std::function<bool(QQuickItem *)> &matches)
{
    if (!root->isVisible())
        return nullptr;
    if (matches(root))
        return root;
    const QList<QQuickItem *> children = root->childItems();
    for (QQuickItem *child : children) {
        if (QQuickItem *found = find(child, matches))
            return found;
    }
    return nullptr;
}

QQuickItem *find(QQuickItem *root, const char *property, const QString &value)
{
    return find(root, [&](QQuickItem *item) { return item->property(property).toString() == value; });
}

void click(QQuickWindow *window, QQuickItem *item)
{
    const QPointF middle = item->mapToScene(QPointF(item->width() / 2, item->height() / 2));
    QTest::mouseClick(window, Qt::LeftButton, {}, middle.toPoint());
}

void type(QQuickWindow *window, const QString &text)
{
    for (const QChar c : text)
        QTest::sendKeyEvent(QTest::Click, window, Qt::Key_unknown, QString(c), Qt::NoModifier);
}

} // namespace

int main(int argc, char **argv)
{
    qInstallMessageHandler(print);
    QGuiApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.size() != 7)
        fail("wrong arguments");
    QQmlApplicationEngine engine;
    engine.addImportPath(u"" CONFAB_QML_IMPORT_PATH ""_s);
    engine.setInitialProperties(
        {{u"server"_s, QUrl(arguments.at(1))}, {u"profile"_s, arguments.at(4)}, {u"handle"_s, arguments.at(2)}});
    engine.load(QUrl::fromLocalFile(u"" MAIN_QML ""_s));
    if (engine.rootObjects().isEmpty())
        fail("Main.qml does not load");
    auto *window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
    QQuickItem *root = window->contentItem();

    require("the window asks for a password",
            [&] { return window->isExposed() && find(root, "placeholderText", u"Password"_s); });
    click(window, find(root, "placeholderText", u"Password"_s));
    type(window, arguments.at(3));
    click(window, find(root, "text", u"Sign in"_s));

    QQuickItem *conversation = nullptr;
    require("the conversation is listed", [&] {
        conversation =
            find(root, [](QQuickItem *item) { return item->inherits("QQuickItemDelegate") && item->height() > 0; });
        return conversation != nullptr;
    });
    click(window, conversation);
    require("the message is shown", [&] {
        return find(root,
                    [&](QQuickItem *item) { return item->property("text").toString().contains(arguments.at(5)); });
    });
    QQuickItem *composer = find(root, "placeholderText", u"Message"_s);
    click(window, composer);
    type(window, arguments.at(6));
    QTest::keyClick(window, Qt::Key_Return);
    require("the composer is empty again", [&] { return composer->property("text").toString().isEmpty(); });
    const QString sent = arguments.at(6) + " (Sent)"_L1;
    require("the answer is sent", [&] {
        return find(root, [&](QQuickItem *item) { return item->property("text").toString().endsWith(sent); }) !=
               nullptr;
    });
    return complained ? 1 : 0;
}
