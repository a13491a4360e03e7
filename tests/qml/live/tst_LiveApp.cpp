// SPDX-License-Identifier: MIT
// The app as people use it: real window, real SDK, real server; somebody else chats from another client.
#include "apps/confab/AppSettings.h"
#include "qml/AppModules.h"
#include "qml/session/Session.h"
#include "tests/support/TestServer.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtGui/QGuiApplication>
#include <QtQml/QQmlApplicationEngine>
#include <QtQuick/QQuickItem>
#include <QtQuick/QQuickWindow>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;
using namespace confab;
using namespace confab::app;
using client::Client;
using client::ClientSettings;

namespace {

constexpr int kPatienceMs = 20'000;
const QString kPassword = u"correct horse battery"_s;

ClientSettings settingsFor(const QString &profile, const QUrl &server = {})
{
    ClientSettings settings;
    settings.profileDirectory = profile;
    settings.serverUrl = server;
    settings.secretPolicy = client::SecretPolicy::PlainFile;
    return settings;
}

/// The running app on a profile; making another one is a restart.
class RunningApp
{
public:
    explicit RunningApp(const QString &profile)
        : m_client(settingsFor(profile)), m_session(m_client), m_settings(profile)
    {
        prepareEngine(m_engine);
        m_engine.setInitialProperties({{u"session"_s, QVariant::fromValue(&m_session)},
                                       {u"settings"_s, QVariant::fromValue(&m_settings)},
                                       {u"width"_s, 1280},
                                       {u"height"_s, 800}});
        m_engine.load(QUrl(u"qrc:/qt/qml/Confab/App/Shell/AppWindow.qml"_s));
        m_window = qobject_cast<QQuickWindow *>(m_engine.rootObjects().value(0));
        if (m_window != nullptr) {
            m_window->show();
            m_window->requestActivate();
        }
    }
    ~RunningApp() { delete m_window; }
    RunningApp(const RunningApp &) = delete;
    RunningApp &operator=(const RunningApp &) = delete;

    QQuickWindow *window() const { return m_window; }
    app::Session &session() { return m_session; }

    QQuickItem *item(const QString &name) const { return m_window->findChild<QQuickItem *>(name); }

    bool isShown(const QString &name) const
    {
        const QQuickItem *found = item(name);
        return found != nullptr && found->isVisible() && found->width() > 0;
    }

    void click(const QString &name)
    {
        const QQuickItem *target = item(name);
        const QPointF middle = target->mapToScene({target->width() / 2, target->height() / 2});
        QTest::mouseClick(m_window, Qt::LeftButton, {}, middle.toPoint());
    }

    void type(const QString &text)
    {
        for (const QChar c : text)
            QTest::keyClick(m_window, c.toLatin1());
    }

    /// A role of a timeline row, 0 the newest.
    QVariant timeline(int row, const QByteArray &role)
    {
        QAbstractItemModel *model = m_session.timeline();
        return model->index(row, 0).data(model->roleNames().key(role));
    }

private:
    Client m_client;
    app::Session m_session;
    AppSettings m_settings;
    QQmlApplicationEngine m_engine;
    QQuickWindow *m_window = nullptr;
};

} // namespace

class tst_LiveApp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twoPeopleChat();
};

void tst_LiveApp::twoPeopleChat()
{
    test::TestServer server;
    const QTemporaryDir graceProfile;
    const QTemporaryDir profile;

    Client grace(settingsFor(graceProfile.path(), server.url()));
    QTRY_COMPARE_WITH_TIMEOUT(grace.state(), Client::State::SignedOut, kPatienceMs);
    auto registered = grace.registerAccount(u"grace"_s, u"Grace Hopper"_s, kPassword);
    QTRY_VERIFY_WITH_TIMEOUT(registered.isFinished() && registered.result(), kPatienceMs);
    QTRY_COMPARE_WITH_TIMEOUT(grace.state(), Client::State::Online, kPatienceMs);
    client::ConversationListModel graceList;
    graceList.setClient(&grace);
    client::TimelineModel graceTimeline;
    graceTimeline.setClient(&grace);

    QString conversationId;
    {
        RunningApp app(profile.path());
        QVERIFY(app.window() != nullptr);

        // Sign up: first with a handle that is taken, which the field says.
        QTRY_VERIFY_WITH_TIMEOUT(app.isShown(u"signInPage"_s), kPatienceMs);
        app.click(u"switchButton"_s);
        app.item(u"serverField"_s)->setProperty("text", server.url().toString());
        app.item(u"handleField"_s)->setProperty("text", u"grace"_s);
        app.item(u"displayNameField"_s)->setProperty("text", u"Ada Lovelace"_s);
        app.item(u"passwordField"_s)->setProperty("text", kPassword);
        QTRY_VERIFY(app.isShown(u"submitButton"_s) && app.item(u"submitButton"_s)->isEnabled());
        QTest::keyClick(app.window(), Qt::Key_Tab);
        app.click(u"submitButton"_s);
        QTRY_VERIFY_WITH_TIMEOUT(!app.item(u"handleField"_s)->property("error").toString().isEmpty(), kPatienceMs);
        app.item(u"handleField"_s)->setProperty("text", u"ada"_s);
        app.click(u"submitButton"_s);
        QTRY_VERIFY_WITH_TIMEOUT(app.isShown(u"mainView"_s), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(app.isShown(u"emptyList"_s), kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(app.session().connection(), u"online"_s, kPatienceMs);

        // Find Grace and write to her.
        QTest::keyClick(app.window(), Qt::Key_K, Qt::ControlModifier);
        QTRY_VERIFY(app.isShown(u"peopleField"_s) && app.item(u"peopleField"_s)->hasActiveFocus());
        app.type(u"grac"_s);
        QTRY_COMPARE_WITH_TIMEOUT(app.session().people()->rowCount(), 1, kPatienceMs);
        QTRY_VERIFY(app.item(u"peopleList"_s)->property("count").toInt() == 1);
        QTest::keyClick(app.window(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(app.isShown(u"timelinePage"_s), kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(app.session().current().value(u"title"_s).toString(), u"Grace Hopper"_s, kPatienceMs);
        QTRY_VERIFY(app.item(u"composerText"_s)->hasActiveFocus());
        QTRY_COMPARE_WITH_TIMEOUT(app.item(u"presenceLine"_s)->property("text").toString(), u"Online"_s, kPatienceMs);
        grace.setAway(true);
        QTRY_COMPARE_WITH_TIMEOUT(app.item(u"presenceLine"_s)->property("text").toString(), u"Away"_s, kPatienceMs);
        app.type(u"hello grace"_s);
        QTest::keyClick(app.window(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(app.timeline(0, "text").toString(), u"hello grace"_s, kPatienceMs);
        // That it was sent shows for a moment only: Grace's device says that it has it, sometimes at once.
        QTRY_COMPARE_WITH_TIMEOUT(app.timeline(0, "state").toString(), u"Delivered"_s, kPatienceMs);

        // Grace sees it, reads it, answers.
        QTRY_COMPARE_WITH_TIMEOUT(graceList.count(), 1, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(graceList.get(0).value(u"lastMessageText"_s).toString(), u"hello grace"_s,
                                  kPatienceMs);
        QCOMPARE(graceList.get(0).value(u"title"_s).toString(), u"Ada Lovelace"_s);
        conversationId = graceList.get(0).value(u"conversationId"_s).toString();
        QCOMPARE(app.session().currentId(), conversationId);
        graceTimeline.setConversationIdText(conversationId);
        QTRY_COMPARE_WITH_TIMEOUT(graceTimeline.count(), 1, kPatienceMs);
        graceTimeline.markAllRead();
        QTRY_COMPARE_WITH_TIMEOUT(app.timeline(0, "state").toString(), u"Read"_s, kPatienceMs);
        delete graceTimeline.send(u"hello ada 👩🏽‍🚀"_s);
        QTRY_COMPARE_WITH_TIMEOUT(app.timeline(0, "text").toString(), u"hello ada 👩🏽‍🚀"_s, kPatienceMs);
        QCOMPARE(app.timeline(0, "senderName").toString(), u"Grace Hopper"_s);

        // Edit the last own message.
        QTest::keyClick(app.window(), Qt::Key_Up);
        QTRY_COMPARE(app.item(u"composerText"_s)->property("text").toString(), u"hello grace"_s);
        app.type(u"!"_s);
        QTest::keyClick(app.window(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(graceTimeline.get(1).value(u"text"_s).toString(), u"hello grace!"_s, kPatienceMs);
        QVERIFY(graceTimeline.get(1).value(u"edited"_s).toBool());

        // Without a server the message waits, and the banner says so.
        server.stop();
        QTRY_VERIFY_WITH_TIMEOUT(app.item(u"statusBanner"_s)->height() > 30, kPatienceMs);
        QCOMPARE(app.item(u"presenceLine"_s)->property("text").toString(), u"@grace"_s);
        app.type(u"are you there?"_s);
        QTest::keyClick(app.window(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(app.timeline(0, "text").toString(), u"are you there?"_s, kPatienceMs);
        QCOMPARE(app.timeline(0, "state").toString(), u"Pending"_s);
        app.type(u"unsent"_s);
        app.session().saveDraft(conversationId, u"unsent"_s);
    }
    {
        // The app starts again while the server is away: everything is there, the draft too.
        RunningApp app(profile.path());
        QTRY_VERIFY_WITH_TIMEOUT(app.isShown(u"timelinePage"_s), kPatienceMs);
        QCOMPARE(app.session().currentId(), conversationId);
        QTRY_COMPARE_WITH_TIMEOUT(app.session().timeline()->rowCount(), 3, kPatienceMs);
        QCOMPARE(app.timeline(0, "state").toString(), u"Pending"_s);
        QTRY_COMPARE_WITH_TIMEOUT(app.item(u"composerText"_s)->property("text").toString(), u"unsent"_s, kPatienceMs);

        server.start();
        QTRY_COMPARE_WITH_TIMEOUT(app.timeline(0, "state").toString(), u"Delivered"_s, 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(graceTimeline.count(), 3, 60'000);
        QCOMPARE(graceTimeline.get(0).value(u"text"_s).toString(), u"are you there?"_s);
        QCOMPARE(app.session().timeline()->rowCount(), 3);

        const QString folder = qEnvironmentVariable("CONFAB_BINARY_DIR", u"."_s) + u"/screenshots"_s;
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(app.window()->grabWindow().save(folder + u"/live-1280x800.png"_s));

        // Signing out leaves nothing behind.
        app.click(u"settingsButton"_s);
        QTRY_VERIFY(app.isShown(u"signOutButton"_s));
        QTRY_COMPARE_WITH_TIMEOUT(app.session().devices()->rowCount(), 1, kPatienceMs);
        delete app.session().signOut();
        QTRY_VERIFY_WITH_TIMEOUT(app.isShown(u"signInPage"_s), kPatienceMs);
        QCOMPARE(app.session().conversations()->rowCount(), 0);
    }
}

int main(int argc, char **argv)
{
    QGuiApplication application(argc, argv);
    QGuiApplication::setApplicationName(u"confab"_s);
    prepareApplication(application);
    tst_LiveApp test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_LiveApp.moc"
