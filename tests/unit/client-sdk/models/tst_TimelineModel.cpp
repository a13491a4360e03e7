// SPDX-License-Identifier: MIT
#include <Confab/TimelineModel.h>

#include "tests/support/TestClass.h"
#include "tests/unit/client-sdk/models/FakeSource.h"
#include "tests/unit/client-sdk/models/MirrorView.h"

#include <QtCore/QRandomGenerator>
#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::client::test;
using namespace Qt::StringLiterals;
using Role = TimelineModel::Role;

namespace {

QVariant at(const TimelineModel &model, int row, Role role)
{
    return model.index(row).data(static_cast<int>(role));
}

QStringList texts(const TimelineModel &model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all.append(at(model, row, Role::IsHole).toBool() ? u"(hole)"_s : at(model, row, Role::Text).toString());
    return all;
}

QStringList storeTexts(const FakeSource &source, qsizetype count = -1)
{
    QStringList all;
    for (const TimelineRow &row : source.store)
        all.append(row.text);
    return all.mid(0, count);
}

QList<int> sorted(QList<int> roles)
{
    std::sort(roles.begin(), roles.end());
    return roles;
}

/// Sets the zone of this process while it lives.
class ZoneGuard
{
public:
    explicit ZoneGuard(const QByteArray &zone) : m_before(qgetenv("TZ")) { set(zone); }
    ~ZoneGuard() { set(m_before); }
    void set(const QByteArray &zone)
    {
        zone.isEmpty() ? qunsetenv("TZ") : qputenv("TZ", zone);
        tzset();
    }

private:
    QByteArray m_before;
};

} // namespace

class tst_TimelineModel : public QObject
{
    Q_OBJECT

    struct Shown
    {
        FakeSource source;
        TimelineModel model;
        std::unique_ptr<MirrorView> view;

        void open()
        {
            view = std::make_unique<MirrorView>(model);
            model.setSource(&source);
            model.setConversationId(kChat);
            QVERIFY(model.isLoaded());
            view->forget();
        }
    };

private Q_SLOTS:
    void roleNamesAreTheDocumentedOnes()
    {
        const QList<QByteArray> names = TimelineModel().roleNames().values();
        QCOMPARE(QSet<QByteArray>(names.begin(), names.end()),
                 (QSet<QByteArray>{"key", "messageId", "clientId", "text", "senderId", "senderName", "isOwn",
                                   "createdAt", "edited", "deleted", "state", "errorText", "firstOfGroup",
                                   "lastOfGroup", "daySeparator", "isHole", "holeLoading", "replyTo", "firstUnread"}));
    }

    void showsTheNewestFirst()
    {
        Shown s;
        s.source.fill(1, 3);
        s.source.store.prepend(pending(1));
        s.open();
        QCOMPARE(texts(s.model), (QStringList{u"mine 1"_s, u"text 3"_s, u"text 2"_s, u"text 1"_s}));
        QCOMPARE(at(s.model, 0, Role::State).toString(), u"Pending"_s);
        QCOMPARE(at(s.model, 0, Role::IsOwn).toBool(), true);
        QCOMPARE(at(s.model, 1, Role::State).toString(), u"Received"_s);
        QCOMPARE(at(s.model, 1, Role::SenderId).toString(), kGrace.toString());
        QCOMPARE(at(s.model, 1, Role::CreatedAt).toDateTime().toMSecsSinceEpoch(), kNoon + 3 * 60'000);
        QVERIFY(s.model.isAtNewest());
        QVERIFY(s.model.isAtOldest());
    }

    void pendingBecomesSentInItsRow()
    {
        Shown s;
        s.source.fill(1, 3);
        s.open();
        s.source.put({pending(1)});
        QCOMPARE(s.view->inserts, 1);
        s.view->forget();
        s.source.put({acknowledged(pending(1), 4)});
        QCOMPARE(s.view->inserts + s.view->removals + s.view->moves + s.view->resets, 0);
        QCOMPARE(s.view->changes, 1);
        QCOMPARE(sorted(s.view->lastRoles), sorted({int(Role::MessageId), int(Role::CreatedAt), int(Role::State)}));
        QCOMPARE(at(s.model, 0, Role::Key).toString(), u"c1"_s);
        QCOMPARE(at(s.model, 0, Role::State).toString(), u"Sent"_s);
        QVERIFY(s.view->isUpToDate());
        // The same row again, as an echo after the answer, is nothing new.
        s.view->forget();
        s.source.put({acknowledged(pending(1), 4)});
        QCOMPARE(s.view->changes + s.view->inserts + s.view->moves, 0);
    }

    /// Case B8.
    void acknowledgedBehindAnothersMessageMovesThere()
    {
        Shown s;
        s.source.fill(1, 2);
        s.open();
        s.source.put({pending(1)});
        s.source.put({received(4)});
        QCOMPARE(texts(s.model), (QStringList{u"mine 1"_s, u"text 4"_s, u"text 2"_s, u"text 1"_s}));
        s.view->forget();
        s.source.put({acknowledged(pending(1), 3)});
        QCOMPARE(texts(s.model), (QStringList{u"text 4"_s, u"mine 1"_s, u"text 2"_s, u"text 1"_s}));
        QCOMPARE(s.view->moves, 1);
        QCOMPARE(s.view->inserts + s.view->removals + s.view->resets, 0);
        QVERIFY(s.view->isUpToDate());
    }

    void receiptsTurnSentIntoDeliveredAndRead()
    {
        Shown s;
        s.source.store = {acknowledged(pending(3), 5), acknowledged(pending(2), 4), acknowledged(pending(1), 3)};
        s.source.others = {4, 3};
        s.open();
        QCOMPARE(at(s.model, 2, Role::State).toString(), u"Read"_s);
        QCOMPARE(at(s.model, 1, Role::State).toString(), u"Delivered"_s);
        QCOMPARE(at(s.model, 0, Role::State).toString(), u"Sent"_s);
        Q_EMIT s.source.othersReached(kChat, Reached{4, 4});
        QCOMPARE(at(s.model, 1, Role::State).toString(), u"Read"_s);
        QCOMPARE(at(s.model, 0, Role::State).toString(), u"Sent"_s);
        QCOMPARE(s.view->changes, 1);
        QCOMPARE(s.view->lastRoles, QList<int>{int(Role::State)});
        // An older receipt that comes late takes nothing back.
        Q_EMIT s.source.othersReached(kChat, Reached{4, 3});
        QCOMPARE(s.view->changes, 1);
        QVERIFY(s.view->isUpToDate());
    }

    void changesUnderWayAndRefusedShow()
    {
        Shown s;
        s.source.store = {acknowledged(pending(1), 3)};
        s.open();
        TimelineRow row = s.source.store.first();
        row.text = u"better"_s;
        row.pendingChange = PendingChange::Editing;
        s.source.put({row});
        QCOMPARE(at(s.model, 0, Role::State).toString(), u"Pending"_s);
        row.pendingChange = PendingChange::EditFailed;
        row.error = Error::tooLarge(u"text"_s, u"too long"_s);
        s.source.put({row});
        QCOMPARE(at(s.model, 0, Role::State).toString(), u"Failed"_s);
        QCOMPARE(at(s.model, 0, Role::ErrorText).toString(), u"too long"_s);
        QCOMPARE(sorted(s.view->lastRoles), sorted({int(Role::State), int(Role::ErrorText)}));
        s.source.take(row.key);
        QCOMPARE(s.model.rowCount(), 0);
        QVERIFY(s.view->isUpToDate());
    }

    void groupsRunOfOneSenderWithinFiveMinutes()
    {
        Shown s;
        const qint64 minute = 60'000;
        const QList<qint64> times{kNoon, kNoon + 5 * minute, kNoon + 10 * minute + 1, kNoon + 11 * minute};
        for (int i = 0; i < times.size(); ++i) {
            TimelineRow row = received(i + 1);
            row.createdAt = times.at(i);
            if (i == 3)
                row.senderId = kMe;
            s.source.store.prepend(row);
        }
        s.open();
        QList<bool> firsts;
        QList<bool> lasts;
        for (int row = 3; row >= 0; --row) {
            firsts.append(at(s.model, row, Role::FirstOfGroup).toBool());
            lasts.append(at(s.model, row, Role::LastOfGroup).toBool());
        }
        QCOMPARE(firsts, (QList<bool>{true, false, true, true}));
        QCOMPARE(lasts, (QList<bool>{false, true, true, true}));
        // A new message by the last sender takes the tail from the row before it.
        TimelineRow next = received(5, {}, kMe);
        next.createdAt = kNoon + 12 * minute;
        s.source.put({next});
        QCOMPARE(at(s.model, 1, Role::LastOfGroup).toBool(), false);
        QCOMPARE(s.view->lastRoles, QList<int>{int(Role::LastOfGroup)});
        QVERIFY(s.view->isUpToDate());
    }

    void daysAreLocal_data()
    {
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<qint64>("midnight"); // the first instant of 2023-11-15 there
        QTest::newRow("UTC") << QByteArray("UTC") << Q_INT64_C(1'700'006'400'000);
        QTest::newRow("Tokyo") << QByteArray("Asia/Tokyo") << Q_INT64_C(1'699'974'000'000);
        QTest::newRow("St. John's") << QByteArray("America/St_Johns") << Q_INT64_C(1'700'019'000'000);
    }
    void daysAreLocal()
    {
        QFETCH(QByteArray, zone);
        QFETCH(qint64, midnight);
        const ZoneGuard guard(zone);
        Shown s;
        TimelineRow before = received(1);
        before.createdAt = midnight - 60'000;
        TimelineRow after = received(2);
        after.createdAt = midnight + 60'000;
        s.source.store = {after, before};
        s.open();
        QCOMPARE(at(s.model, 1, Role::DaySeparator).toString(), u"2023-11-14"_s);
        QCOMPARE(at(s.model, 0, Role::DaySeparator).toString(), u"2023-11-15"_s);
        QVERIFY(at(s.model, 0, Role::FirstOfGroup).toBool());
    }

    void separatorsFollowTheZone()
    {
        ZoneGuard guard("UTC");
        Shown s;
        TimelineRow before = received(1);
        before.createdAt = Q_INT64_C(1'700'006'400'000) - 60'000;
        TimelineRow after = received(2);
        after.createdAt = before.createdAt + 120'000;
        s.source.store = {after, before};
        s.open();
        QVERIFY(!at(s.model, 0, Role::DaySeparator).toString().isEmpty());
        guard.set("Asia/Tokyo");
        s.model.refreshLocalDays();
        QVERIFY(at(s.model, 0, Role::DaySeparator).toString().isEmpty());
        QCOMPARE(at(s.model, 1, Role::DaySeparator).toString(), u"2023-11-15"_s);
        QVERIFY(s.view->changes > 0);
        QVERIFY(s.view->isUpToDate());
    }

    void aHoleIsARowThatFillsInPlace()
    {
        Shown s;
        s.source.fill(1, 2);
        s.source.fill(8, 9);
        s.source.holes = {{2, 8}};
        s.open();
        QCOMPARE(texts(s.model), (QStringList{u"text 9"_s, u"text 8"_s, u"(hole)"_s, u"text 2"_s, u"text 1"_s}));
        s.model.fillHole(2);
        s.model.fillHole(2);
        QCOMPARE(s.source.asked, (QList<Hole>{{2, 8}}));
        QVERIFY(at(s.model, 2, Role::HoleLoading).toBool());
        s.source.put({received(7), received(6)});
        s.source.putHoles({{2, 6}});
        QCOMPARE(texts(s.model), (QStringList{u"text 9"_s, u"text 8"_s, u"text 7"_s, u"text 6"_s, u"(hole)"_s,
                                              u"text 2"_s, u"text 1"_s}));
        s.source.fills.first()->addResult(Result<Done>(Done{}));
        s.source.fills.first()->finish();
        QTRY_VERIFY(!at(s.model, 4, Role::HoleLoading).toBool());
        QCOMPARE(s.view->removals, 0);
        s.source.put({received(5), received(4), received(3)});
        s.source.putHoles({});
        QCOMPARE(texts(s.model), storeTexts(s.source));
        QCOMPARE(s.view->resets, 0);
        QVERIFY(s.view->isUpToDate());
    }

    /// Case B14.
    void aHoleSaysWhyItCouldNotBeFilled()
    {
        Shown s;
        s.source.fill(8, 9);
        s.source.holes = {{0, 8}};
        s.open();
        QVERIFY(!s.model.isAtOldest());
        s.model.loadOlder(); // the store ends in the hole
        QCOMPARE(s.source.asked, (QList<Hole>{{0, 8}}));
        s.source.fills.first()->addResult(Result<Done>(Error::unavailable(u"no connection"_s)));
        s.source.fills.first()->finish();
        QTRY_COMPARE(at(s.model, 2, Role::ErrorText).toString(), u"no connection"_s);
        s.model.loadOlder();
        QCOMPARE(s.source.asked.size(), 2);
        QCOMPARE(at(s.model, 2, Role::ErrorText).toString(), QString());
        s.source.putHoles({});
        QVERIFY(s.model.isAtOldest());
        QVERIFY(s.view->isUpToDate());
    }

    void theWindowIsBoundedAndComesBack()
    {
        Shown s;
        s.source.fill(1, 1200);
        s.open();
        QCOMPARE(s.model.rowCount(), 60);
        while (!s.model.isAtOldest()) {
            s.model.loadOlder();
            QVERIFY(s.model.rowCount() <= 500);
        }
        QCOMPARE(at(s.model, s.model.rowCount() - 1, Role::Text).toString(), u"text 1"_s);
        QVERIFY(!s.model.isAtNewest());
        // What arrives meanwhile is not shown out of place.
        s.source.put({received(1201)});
        QCOMPARE(texts(s.model), storeTexts(s.source).mid(1201 - 500));
        while (!s.model.isAtNewest()) {
            s.model.loadNewer();
            QVERIFY(s.model.rowCount() <= 500);
        }
        QVERIFY(!s.model.isAtOldest());
        QCOMPARE(texts(s.model), storeTexts(s.source, 500));
        s.source.put({received(1202)});
        QCOMPARE(at(s.model, 0, Role::Text).toString(), u"text 1202"_s);
        QCOMPARE(s.view->resets, 0);
        QVERIFY(s.view->isUpToDate());
    }

    void jumpingToTheNewestShowsItAgain()
    {
        Shown s;
        s.source.fill(1, 1200);
        s.open();
        while (!s.model.isAtOldest())
            s.model.loadOlder();
        s.model.jumpToNewest();
        QVERIFY(s.model.isAtNewest());
        QCOMPARE(texts(s.model), storeTexts(s.source, 60));
        QVERIFY(s.view->isUpToDate());
    }

    void marksWhereReadingStopped()
    {
        Shown s;
        s.source.fill(1, 5);
        s.source.readUpTo = 3;
        s.open();
        QCOMPARE(s.model.unreadAboveId(), 3);
        QCOMPARE(at(s.model, 1, Role::Text).toString(), u"text 4"_s);
        QVERIFY(at(s.model, 1, Role::FirstUnread).toBool());
        QVERIFY(!at(s.model, 0, Role::FirstUnread).toBool());
        // It stays where it was while reading goes on.
        s.source.readUpTo = 5;
        s.source.put({received(6)});
        QVERIFY(at(s.model, 2, Role::FirstUnread).toBool());
        QVERIFY(s.view->isUpToDate());
    }

    void ownMessagesAreNotUnread()
    {
        Shown s;
        s.source.store = {acknowledged(pending(1), 4)};
        s.source.readUpTo = 3;
        s.open();
        QCOMPARE(s.model.unreadAboveId(), -1);
    }

    void namesThatComeLaterAreShown()
    {
        Shown s;
        s.source.fill(1, 2);
        for (TimelineRow &row : s.source.store)
            row.senderName.clear();
        s.open();
        QCOMPARE(s.source.askedUsers, QList<UserId>{kGrace});
        User grace;
        grace.id = kGrace;
        grace.displayName = u"Grace Hopper"_s;
        Q_EMIT s.source.usersChanged({grace});
        QCOMPARE(at(s.model, 1, Role::SenderName).toString(), u"Grace Hopper"_s);
        QCOMPARE(s.view->lastRoles, QList<int>{int(Role::SenderName)});
        QVERIFY(s.view->isUpToDate());
    }

    void aLateAnswerOfAnotherConversationIsDropped()
    {
        FakeSource source;
        source.fill(1, 3);
        TimelineModel model;
        MirrorView view(model);
        model.setSource(&source);
        source.holdAnswers = true;
        model.setConversationId(kChat);
        QVERIFY(model.isLoading());
        model.setConversationId(idOf<ConversationId>(101));
        source.store.clear();
        source.fill(7, 7);
        source.release();
        QTRY_VERIFY(model.isLoaded());
        QCOMPARE(texts(model), QStringList{u"text 7"_s});
        model.setConversationIdText({});
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(view.isUpToDate());
    }

    void theNewestOwnMessageIsWhatUpEdits()
    {
        Shown s;
        TimelineRow deleted = acknowledged(pending(2), 4);
        deleted.deleted = true;
        s.source.store = {received(5), deleted, acknowledged(pending(1), 3)};
        s.open();
        QCOMPARE(s.model.lastOwnEditable(), u"c1"_s);
        QCOMPARE(s.model.get(s.model.rowOf(u"c1"_s)).value(u"text"_s).toString(), u"mine 1"_s);
    }

    void actionsWithoutAClientFail()
    {
        Shown s;
        s.open();
        const std::unique_ptr<Action> action(s.model.send(u"hello"_s));
        QVERIFY(!action->isRunning());
        QVERIFY(!action->isOk());
        QCOMPARE(action->error().code, ErrorCode::Unavailable);
    }

    void anyOrderOfChangesEndsLikeTheStore()
    {
        for (quint32 seed = 1; seed <= 40; ++seed) {
            QRandomGenerator random(seed);
            Shown s;
            s.open();
            MessageId head = 0;
            int made = 0;
            QList<TimelineRow> waiting;
            for (int step = 0; step < 60; ++step) {
                switch (random.bounded(5)) {
                case 0:
                    waiting.append(pending(++made));
                    s.source.put({waiting.last()});
                    break;
                case 1:
                    if (!waiting.isEmpty())
                        s.source.put({acknowledged(waiting.takeFirst(), ++head)});
                    break;
                case 2: {
                    // Two arrive in the wrong order.
                    const MessageId first = ++head;
                    s.source.put({received(++head)});
                    s.source.put({received(first)});
                    break;
                }
                case 3:
                    if (!s.source.store.isEmpty()) {
                        TimelineRow row = s.source.store.at(random.bounded(int(s.source.store.size())));
                        row.text = u"edit %1"_s.arg(step);
                        row.editedAt = kNoon;
                        s.source.put({row});
                    }
                    break;
                case 4:
                    if (!waiting.isEmpty())
                        s.source.take(waiting.takeLast().key);
                    break;
                }
            }
            QCOMPARE(texts(s.model), storeTexts(s.source));
            QVERIFY(s.view->isUpToDate());
            QCOMPARE(s.view->resets, 0);
        }
    }

    void tellsWhoTypesInItsConversation()
    {
        FakeSource source;
        source.setTyping(kChat, {u"Grace"_s});
        TimelineModel model;
        model.setSource(&source);
        QSignalSpy changes(&model, &TimelineModel::typingNamesChanged);
        model.setConversationId(kChat);
        QCOMPARE(model.typingNames(), (QStringList{u"Grace"_s}));
        QVERIFY(!changes.isEmpty());
        changes.clear();
        source.setTyping(idOf<ConversationId>(7), {u"Yuki"_s});
        QCOMPARE(changes.size(), 0);
        source.setTyping(kChat, {u"Grace"_s, u"Yuki"_s});
        QCOMPARE(changes.size(), 1);
        QCOMPARE(model.typingNames(), (QStringList{u"Grace"_s, u"Yuki"_s}));
    }
};

CONFAB_TEST_CLASS(tst_TimelineModel)
#include "tst_TimelineModel.moc"
