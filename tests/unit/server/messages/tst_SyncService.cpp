// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// hello: what a device missed, in one reply.
class tst_SyncService : public QObject
{
    Q_OBJECT

    std::unique_ptr<MessagesFixture> f;
    UserId ada, bob, eve;

    QList<ConversationId> idsOf(const HelloReply &reply)
    {
        QList<ConversationId> ids;
        for (const ConversationEntry &entry : reply.conversations)
            ids.append(entry.conversation.id);
        return ids;
    }

    /// What a device that took all of the reply says next time.
    Hello after(const HelloReply &reply)
    {
        Hello op;
        op.generation = reply.generation;
        op.accountRevision = reply.accountRevision;
        for (const ConversationEntry &entry : reply.conversations)
            op.cursors.append({entry.conversation.id, entry.headRevision});
        return op;
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<MessagesFixture>();
        ada = f->person(u"ada"_s);
        bob = f->person(u"bob"_s);
        eve = f->person(u"eve"_s);
    }

    void givesANewDeviceTheNewestFirst()
    {
        QList<ConversationId> chats;
        for (int i = 0; i < 25; ++i) {
            f->store.clock().advance(1000);
            chats.prepend(f->group(ada, {bob}));
        }
        f->store.clock().advance(1000);
        f->send(bob, chats.last(), u"hi"_s);
        chats.move(chats.size() - 1, 0);

        const HelloReply reply = f->hello(ada);
        QCOMPARE(idsOf(reply), chats);
        QVERIFY(!reply.resync);
        QVERIFY(!reply.moreConversations);
        QCOMPARE(reply.accountRevision, 25);
        QCOMPARE(reply.serverTime, f->store.clock().utcMs());
        QVERIFY(!reply.generation.isNull());
        QCOMPARE(reply.conversations.first().membership.unread, 1);
        QCOMPARE(reply.changes.size(), 20);
        for (qsizetype i = 0; i < 20; ++i)
            QCOMPARE(reply.changes.at(i).conversationId, chats.at(i));
        QCOMPARE(textsOf(reply.changes.first().messages), u"hi"_s);
        QVERIFY(reply.gone.isEmpty());
    }

    void saysNothingWhereNothingChanged()
    {
        const ConversationId chat = f->direct(ada, bob);
        f->sendMany(bob, chat, 3);
        const HelloReply first = f->hello(ada);
        const HelloReply second = f->hello(ada, after(first));
        QVERIFY(second.conversations.isEmpty());
        QVERIFY(second.changes.isEmpty());
        QVERIFY(second.gone.isEmpty() && second.more.isEmpty());
        QVERIFY(!second.resync && !second.moreConversations);
        QCOMPARE(second.accountRevision, first.accountRevision);
        QCOMPARE(second.generation, first.generation);
    }

    void tellsWhatChangedSinceTheCursors()
    {
        const ConversationId quiet = f->direct(ada, eve);
        const ConversationId chat = f->direct(ada, bob);
        const QList<Message> sent = f->sendMany(bob, chat, 3);
        const Hello op = after(f->hello(ada));
        const Message edited = f->edit(bob, sent.at(1), u"edited"_s);
        const Message fresh = f->send(bob, chat, u"new"_s);
        const ConversationId made = f->group(bob, {ada});

        const HelloReply reply = f->hello(ada, op);
        const QList<ConversationId> changed = idsOf(reply);
        QVERIFY(!changed.contains(quiet));
        QCOMPARE(QSet<ConversationId>(changed.begin(), changed.end()), (QSet<ConversationId>{chat, made}));
        QCOMPARE(reply.changes.size(), 2);
        for (const ConversationChanges &changes : reply.changes) {
            if (changes.conversationId == chat)
                QCOMPARE(changes.messages, (QList<Message>{edited, fresh}));
            else
                QCOMPARE(changes.members.size(), 2);
        }
    }

    void leavesAHoleWhereMuchWasMissed()
    {
        const ConversationId chat = f->direct(ada, bob);
        f->sendMany(bob, chat, 3);
        const Hello op = after(f->hello(ada));
        const QList<Message> missed = f->sendMany(bob, chat, 50);
        const HelloReply reply = f->hello(ada, op);
        QCOMPARE(reply.changes.size(), 1);
        QCOMPARE(reply.changes.first().messages.size(), 30);
        QCOMPARE(reply.changes.first().messages.first(), missed.last());
        QCOMPARE(reply.changes.first().hole, (Hole{op.cursors.first().revision, missed.at(20).id}));
        QCOMPARE(reply.changes.first().revision, missed.last().id);
    }

    /// The removed hear that it is gone, and so do those who never were members; nothing else of it (case N4).
    void answersGoneForWhatIsNoLongerTheirs()
    {
        const ConversationId group = f->group(ada, {bob});
        f->sendMany(ada, group, 3);
        Hello op = after(f->hello(bob));
        const ConversationId strange = f->direct(ada, eve);
        op.cursors.append({strange, 1});
        f->removeMember(ada, group, bob);
        f->send(ada, group, u"secret"_s);
        const HelloReply reply = f->hello(bob, op);
        QCOMPARE(QSet<ConversationId>(reply.gone.begin(), reply.gone.end()), (QSet<ConversationId>{group, strange}));
        QVERIFY(reply.conversations.isEmpty() && reply.changes.isEmpty() && reply.more.isEmpty());
        QVERIFY(!reply.resync);
        const auto memberships = await(f->sync.memberships(bob));
        QVERIFY(memberships);
        QVERIFY(memberships->isEmpty());
    }

    /// Case N4.
    void refusesTheDeactivated()
    {
        f->direct(ada, bob);
        f->deactivate(bob);
        const Hello op;
        const auto reply = await(f->sync.hello(f->caller(bob), op));
        QVERIFY(!reply);
        QCOMPARE(reply.error().code, ErrorCode::Unauthenticated);
        const auto memberships = await(f->sync.memberships(bob));
        QVERIFY(memberships);
        QVERIFY(memberships->isEmpty());
    }

    void startsAnewAfterARestore()
    {
        const ConversationId chat = f->direct(ada, bob);
        f->sendMany(bob, chat, 3);
        const Hello good = after(f->hello(ada));
        Hello otherStore = good;
        otherStore.generation = f->store.ids().make<GenerationId>();
        Hello aheadCursor = good;
        aheadCursor.cursors.first().revision += 1;
        Hello aheadAccount = good;
        aheadAccount.accountRevision = *good.accountRevision + 1;
        for (const Hello &op : {otherStore, aheadCursor, aheadAccount}) {
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"starts anew"_s));
            const HelloReply reply = f->hello(ada, op);
            QVERIFY(reply.resync);
            QCOMPARE(idsOf(reply), QList<ConversationId>{chat});
            QCOMPARE(reply.changes.size(), 1);
            QCOMPARE(reply.changes.first().messages.size(), 3);
            QCOMPARE(reply.changes.first().members.size(), 2);
        }
    }

    void givesAllOfAConversationThatWasJoinedAgain()
    {
        const ConversationId group = f->group(ada, {bob}, true);
        f->sendMany(ada, group, 3);
        const Hello op = after(f->hello(bob));
        f->removeMember(ada, group, bob);
        f->send(ada, group, u"unseen"_s);
        f->add(ada, group, bob);
        f->send(ada, group, u"seen"_s);
        const HelloReply reply = f->hello(bob, op);
        QVERIFY(reply.gone.isEmpty());
        QCOMPARE(idsOf(reply), QList<ConversationId>{group});
        QVERIFY(reply.conversations.first().membership.visibleFrom > op.cursors.first().revision);
        QCOMPARE(reply.changes.size(), 1);
        QCOMPARE(textsOf(reply.changes.first().messages), u"seen"_s);
        QCOMPARE(reply.changes.first().members.size(), 2);
        QVERIFY(reply.changes.first().conversation);
    }

    void keepsWithinItsBudget()
    {
        const QString longText(8'000, u'x');
        Hello op;
        QList<ConversationId> chats;
        for (int i = 0; i < 40; ++i) {
            chats.append(f->group(ada, {bob}));
            op.cursors.append({chats.last(), f->entry(ada, chats.last()).headRevision});
        }
        op.accountRevision = f->hello(ada).accountRevision;
        for (const ConversationId &chat : chats) {
            f->send(bob, chat, longText);
            f->send(bob, chat, u"short"_s);
        }
        const HelloReply reply = f->hello(ada, op);
        QVERIFY(encodeCbor(reply).size() < 400'000);
        QVERIFY(!reply.more.isEmpty());
        QVERIFY(!reply.changes.isEmpty());
        QSet<ConversationId> told(reply.more.begin(), reply.more.end());
        for (const ConversationChanges &changes : reply.changes) {
            QVERIFY(!changes.more);
            told.insert(changes.conversationId);
        }
        QCOMPARE(told, QSet<ConversationId>(chats.begin(), chats.end()));
    }

    void saysThatMoreConversationsRemain()
    {
        for (int i = 0; i < 230; ++i)
            f->group(ada, {});
        const HelloReply reply = f->hello(ada);
        QCOMPARE(reply.conversations.size(), 200);
        QVERIFY(reply.moreConversations);
        QCOMPARE(reply.accountRevision, 230);
    }

    void tellsWhereConversationsAndAccountsStand()
    {
        const ConversationId group = f->group(ada, {bob});
        const Message last = f->send(bob, group, u"hi"_s);
        const auto stands = await(f->sync.conversationStands({group, ConversationId(QUuid::createUuid())}));
        QVERIFY(stands);
        QCOMPARE(*stands, (QList<Cursor>{{group, last.revision}}));
        const auto memberships = await(f->sync.memberships(ada));
        QVERIFY(memberships);
        QCOMPARE(memberships->first().revision, last.revision);
        const auto accounts = await(f->sync.accountRevisions({ada, bob, UserId(QUuid::createUuid())}));
        QVERIFY(accounts);
        QCOMPARE(accounts->size(), 2);
        QCOMPARE(accounts->value(ada), f->hello(ada).accountRevision);
    }

    void namesTheChangedOnesWhoseEntriesDidNotFit()
    {
        Hello op;
        QList<ConversationId> chats;
        for (int i = 0; i < 230; ++i) {
            chats.append(f->group(ada, {bob}));
            op.cursors.append({chats.last(), f->entry(ada, chats.last()).headRevision});
        }
        op.accountRevision = f->hello(ada).accountRevision;
        for (const ConversationId &chat : chats)
            f->send(bob, chat, u"news"_s);
        const HelloReply reply = f->hello(ada, op);
        QCOMPARE(reply.conversations.size(), 200);
        QVERIFY(!reply.moreConversations); // what is private to ada did not change
        QSet<ConversationId> told(reply.entriesLeft.begin(), reply.entriesLeft.end());
        QCOMPARE(told.size(), 30);
        for (const ConversationEntry &entry : reply.conversations)
            told.insert(entry.conversation.id);
        QCOMPARE(told, QSet<ConversationId>(chats.begin(), chats.end()));

        ListConversations rest;
        rest.ids = reply.entriesLeft;
        rest.ids.append(f->group(bob, {eve})); // none of ada's
        const auto list = await(f->conversations.list(f->caller(ada), rest));
        QVERIFY(list);
        QCOMPARE(list->entries.size(), 30);
        QCOMPARE(list->entries.first().membership.unread, 1);
        rest.ids = QList<ConversationId>(201, chats.first());
        const auto tooMany = await(f->conversations.list(f->caller(ada), rest));
        QCOMPARE(tooMany.error().code, ErrorCode::TooLarge);
        QCOMPARE(tooMany.error().field, u"ids"_s);
        QVERIFY(tooMany.error().message.contains(u"200"_s));
    }

    /// A receipt whose event was missed: "read" must not stay unknown until the next one.
    void tellsHowFarOthersRead()
    {
        const ConversationId chat = f->direct(ada, bob);
        const QList<Message> sent = f->sendMany(ada, chat, 3);
        QVERIFY(f->hello(ada).receipts.isEmpty());
        const Hello op = after(f->hello(ada));
        f->markRead(bob, chat, sent.at(1).id);
        f->markRead(ada, chat, sent.at(2).id);
        QCOMPARE(f->hello(ada, op).receipts, (QList<Receipt>{{chat, bob, 0, sent.at(1).id}}));
        // Not of what one cannot see.
        const ConversationId group = f->group(ada, {bob}, true);
        const Message before = f->send(ada, group);
        f->markRead(bob, group, before.id);
        f->add(ada, group, eve);
        QVERIFY(f->hello(eve).receipts.isEmpty());
        // Joining is not reading.
        QCOMPARE(f->hello(bob).receipts, (QList<Receipt>{{chat, ada, 0, sent.at(2).id}}));
    }

    void namesProfilesThatChanged()
    {
        f->direct(ada, bob);
        f->direct(bob, eve);
        const Batch rename{{"UPDATE users SET profile_version = 4 WHERE id IN (?, ?)", {bob, eve}, 2}};
        QVERIFY(await(f->store.database().commit(rename)));
        QCOMPARE(f->hello(ada).profiles, (QList<ProfileVersion>{{bob, 4}}));
    }

    void readsManyConversationsInFewStatements()
    {
        for (int i = 0; i < 60; ++i)
            f->send(bob, f->group(ada, {bob}), u"hi"_s);
        const auto memberships = await(f->sync.memberships(ada));
        QVERIFY(memberships);
        QCOMPARE(memberships->size(), 60);
        Hello op;
        op.accountRevision = f->hello(ada).accountRevision;
        for (const VisibleConversation &visible : *memberships)
            op.cursors.append({visible.conversationId, 2});
        CountingDatabase counting(f->store.database());
        const MessagesBackends backends{counting,         f->store.messages(), *f->endpoint,
                                        f->store.clock(), f->store.ids(),      f->limits};
        SyncService sync(backends);
        const auto reply = await(sync.hello(f->caller(ada), op));
        QVERIFY(reply);
        QCOMPARE(reply->changes.size(), 60);
        QVERIFY2(counting.queries <= 16, qPrintable(QString::number(counting.queries)));
    }

private:
    /// Counts what passes to a real database.
    class CountingDatabase final : public Database
    {
    public:
        explicit CountingDatabase(Database &database) : m_database(database) { }

        Task<Rows> query(Statement statement) override
        {
            ++queries;
            return m_database.query(std::move(statement));
        }
        Task<BatchOutcome> commit(Batch batch) override { return m_database.commit(std::move(batch)); }
        Task<Done> ready() override { return m_database.ready(); }

        int queries = 0;

    private:
        Database &m_database;
    };
};

CONFAB_TEST_CLASS(tst_SyncService)
#include "tst_SyncService.moc"
