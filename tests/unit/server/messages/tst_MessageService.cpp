// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtTest/QTest>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Sending, changing and reading messages.
class tst_MessageService : public QObject
{
    Q_OBJECT

    std::unique_ptr<MessagesFixture> f;
    UserId ada, bob, eve;
    ConversationId chat;

    SendMessage sending(const QString &text)
    {
        SendMessage op;
        op.conversationId = chat;
        op.clientId = f->store.ids().make<ClientId>();
        op.text = text;
        return op;
    }

    Result<Message> send(const UserId &who, const SendMessage &op)
    {
        return await(f->messages.send(f->caller(who), op));
    }

    MessagePage history(const UserId &who, std::optional<qint64> before = {}, std::optional<qint64> after = {},
                        std::optional<qint64> limit = {})
    {
        const GetHistory op{chat, before, after, limit};
        const Result<MessagePage> page = await(f->messages.history(f->caller(who), op));
        return page ? *page : MessagePage{};
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<MessagesFixture>();
        ada = f->person(u"ada"_s);
        bob = f->person(u"bob"_s);
        eve = f->person(u"eve"_s);
        chat = f->direct(ada, bob);
        QCoreApplication::processEvents();
        f->envelopes.clear();
    }

    /// Case B1.
    void numbersMessagesByTheConversationsRevision()
    {
        const qint64 head = f->entry(ada, chat).headRevision;
        f->store.clock().advance(5000);
        const Message one = f->send(ada, chat, u"one"_s);
        const Message two = f->send(bob, chat, u"two"_s);
        QCOMPARE(one.id, head + 1);
        QCOMPARE(two.id, head + 2);
        QCOMPARE(one.revision, one.id);
        QCOMPARE(one.senderId, ada);
        QCOMPARE(one.createdAt, f->store.clock().utcMs());
        QCOMPARE(f->entry(ada, chat).headRevision, two.id);
    }

    void tellsTheConversationTheWholeRow()
    {
        const Message sent = f->send(ada, chat, u"hi"_s);
        QCOMPARE(f->heard<Message>(), QList<Message>{sent});
        QCOMPARE(f->envelopes.last().messageId, sent.id);
        QCOMPARE(f->envelopes.last().conversationId, chat);
        const Message edited = f->edit(ada, sent, u"ho"_s);
        const Message tombstone = f->remove(ada, sent);
        QCOMPARE(f->heard<Message>(), (QList<Message>{sent, edited, tombstone}));
    }

    /// Case B4: the same clientId four times at once gives one row and the same answer to all.
    void storesConcurrentSendsOfOneClientIdOnce()
    {
        const SendMessage op = sending(u"once"_s);
        std::vector<QCoro::Task<Result<Message>>> tasks;
        for (int i = 0; i < 4; ++i)
            tasks.push_back(f->messages.send(f->caller(ada), op));
        QSet<qint64> ids;
        for (auto &task : tasks) {
            const Result<Message> sent = await(std::move(task));
            QVERIFY(sent);
            ids.insert(sent->id);
        }
        QCOMPARE(ids.size(), 1);
        QCOMPARE(f->count("SELECT count(*) FROM messages"), 1);
        QCOMPARE(f->heard<Message>().size(), 1);
        QCOMPARE(f->entry(ada, chat).headRevision, *ids.begin());
    }

    void returnsTheFirstResultOfAClientIdForEver()
    {
        const SendMessage op = sending(u"first"_s);
        const Result<Message> first = send(ada, op);
        QVERIFY(first);
        const Message edited = f->edit(ada, *first, u"edited"_s);
        SendMessage again = op;
        again.text = u"something else"_s;
        const Result<Message> second = send(ada, again);
        QVERIFY(second);
        QCOMPARE(*second, edited);
        const Message tombstone = f->remove(ada, *first);
        const Result<Message> third = send(ada, op);
        QVERIFY(third);
        QCOMPARE(*third, tombstone);
        // Another sender's message of the same clientId is another message.
        QVERIFY(send(bob, op));
        QCOMPARE(f->count("SELECT count(*) FROM messages"), 2);
    }

    /// Case B17: reading never writes.
    void writesNothingWhenHistoryIsRead()
    {
        f->sendMany(ada, chat, 10);
        const qint64 commits = f->store.commits();
        for (int i = 0; i < 100; ++i)
            QCOMPARE(history(bob).messages.size(), 10);
        QCOMPARE(f->count("SELECT count(*) FROM messages"), 10);
        QCOMPARE(f->store.commits(), commits);
    }

    void refusesStrangersAlikeWhetherTheConversationExists()
    {
        const Result<Message> real = send(eve, sending(u"hi"_s));
        SendMessage op = sending(u"hi"_s);
        op.conversationId = f->store.ids().make<ConversationId>();
        const Result<Message> invented = send(eve, op);
        QVERIFY(!real && !invented);
        QCOMPARE(real.error().code, ErrorCode::NotFound);
        QCOMPARE(real.error(), invented.error());
        const Message sent = f->send(ada, chat);
        const EditMessage edit{chat, sent.id, u"x"_s};
        const Result<Message> edited = await(f->messages.edit(f->caller(eve), edit));
        const DeleteMessage deletion{chat, sent.id};
        const Result<Message> removed = await(f->messages.remove(f->caller(eve), deletion));
        const GetHistory get{chat, {}, {}, {}};
        const Result<MessagePage> page = await(f->messages.history(f->caller(eve), get));
        const GetConversationChanges changes{chat, 0, {}, {}, {}};
        const Result<ConversationChanges> changed = await(f->messages.changes(f->caller(eve), changes));
        QVERIFY(!edited && !removed && !page && !changed);
        QCOMPARE(edited.error().code, ErrorCode::NotFound);
        QCOMPARE(removed.error().code, ErrorCode::NotFound);
        QCOMPARE(page.error(), real.error());
        QCOMPARE(changed.error(), real.error());
    }

    /// Case H1 and the limits: refused at the edge, with the field's name.
    void refusesTextsThatCannotBeKept_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("empty") << u""_s << ErrorCode::InvalidArgument;
        QTest::newRow("blank") << u" \n\t "_s << ErrorCode::InvalidArgument;
        QTest::newRow("NUL") << u"a\0b"_s << ErrorCode::InvalidArgument;
        QTest::newRow("lone high surrogate") << QString(u"a"_s + QChar(0xd83d)) << ErrorCode::InvalidArgument;
        QTest::newRow("lone low surrogate") << QString(QChar(0xde00) + u"a"_s) << ErrorCode::InvalidArgument;
        QTest::newRow("too long") << QString(10'001, u'x') << ErrorCode::TooLarge;
    }

    /// Case H1.
    void refusesTextsThatCannotBeKept()
    {
        QFETCH(QString, text);
        QFETCH(ErrorCode, code);
        const Result<Message> sent = send(ada, sending(text));
        QVERIFY(!sent);
        QCOMPARE(sent.error().code, code);
        QCOMPARE(sent.error().field, u"text"_s);
        const Message message = f->send(ada, chat);
        const EditMessage op{chat, message.id, text};
        const Result<Message> edited = await(f->messages.edit(f->caller(ada), op));
        QVERIFY(!edited);
        QCOMPARE(edited.error().code, code);
        QCOMPARE(f->count("SELECT count(*) FROM messages"), 1);
    }

    void keepsTextsAsTheyWereWritten()
    {
        const QString emoji = u"👁️‍🗨️"_s.repeated(10) + u" café café \t\n ₙ <b>&amp;"_s;
        const QString longest = u"😀"_s.repeated(10'000); // code points, not UTF-16 units
        QCOMPARE(f->send(ada, chat, emoji).content.text, emoji);
        QCOMPARE(f->send(ada, chat, longest).content.text, longest);
        QCOMPARE(textsOf(history(bob).messages), longest + u' ' + emoji);
    }

    void takesRepliesToVisibleMessagesAlone()
    {
        const Message first = f->send(ada, chat);
        SendMessage op = sending(u"yes"_s);
        op.replyTo = first.id;
        const Result<Message> reply = send(bob, op);
        QVERIFY(reply);
        QCOMPARE(reply->content.replyTo, first.id);
        for (const qint64 bad : {first.id + 100, qint64(0), qint64(-1), qint64(1)}) {
            SendMessage wrong = sending(u"no"_s);
            wrong.replyTo = bad;
            const Result<Message> refused = send(bob, wrong);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
            QCOMPARE(refused.error().field, u"replyTo"_s);
        }
    }

    void letsOnlyTheSenderEdit()
    {
        const Message sent = f->send(ada, chat, u"one"_s);
        f->store.clock().advance(1000);
        const Message edited = f->edit(ada, sent, u"two"_s);
        QCOMPARE(edited.id, sent.id);
        QCOMPARE(edited.revision, sent.revision + 1);
        QCOMPARE(edited.editedAt, f->store.clock().utcMs());
        QCOMPARE(edited.content.text, u"two"_s);
        QCOMPARE(edited.clientId, sent.clientId);

        const EditMessage op{chat, sent.id, u"three"_s};
        const Result<Message> refused = await(f->messages.edit(f->caller(bob), op));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        QCOMPARE(f->entry(ada, chat).headRevision, edited.revision); // a refusal takes no revision
    }

    void takesNoRevisionForAnEditThatChangesNothing()
    {
        const Message edited = f->edit(ada, f->send(ada, chat, u"one"_s), u"two"_s);
        QCOMPARE(f->edit(ada, edited, u"two"_s), edited);
        QCOMPARE(f->entry(ada, chat).headRevision, edited.revision);
    }

    void leavesATombstoneThatKeepsIdsAlone()
    {
        const Message first = f->send(ada, chat);
        SendMessage op = sending(u"secret"_s);
        op.replyTo = first.id;
        const Result<Message> sent = send(ada, op);
        QVERIFY(sent);
        const Message tombstone = f->remove(ada, f->edit(ada, *sent, u"other secret"_s));
        Message expected = *sent;
        expected.revision = sent->id + 2;
        expected.deleted = true;
        expected.content = {};
        QCOMPARE(tombstone, expected);
        QCOMPARE(f->count("SELECT count(*) FROM messages WHERE text LIKE '%secret%'"), 0);
        // Again: the same tombstone, no new revision.
        QCOMPARE(f->remove(ada, *sent), tombstone);
        const EditMessage edit{chat, sent->id, u"back"_s};
        const Result<Message> edited = await(f->messages.edit(f->caller(ada), edit));
        QVERIFY(!edited);
        QCOMPARE(edited.error().code, ErrorCode::Conflict);
    }

    void letsOwnersDeleteOthersMessagesInGroupsAlone()
    {
        const Message direct = f->send(bob, chat);
        const DeleteMessage op{chat, direct.id};
        const Result<Message> refused = await(f->messages.remove(f->caller(ada), op));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);

        const ConversationId group = f->group(ada, {bob, eve});
        const Message fromBob = f->send(bob, group);
        const DeleteMessage inGroup{group, fromBob.id};
        QVERIFY(!await(f->messages.remove(f->caller(eve), inGroup)));
        QVERIFY(f->remove(ada, fromBob).deleted);
    }

    void pagesHistoryNewestFirst()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 10);
        f->remove(ada, sent.at(8));
        const MessagePage newest = history(bob, {}, {}, 3);
        QCOMPARE(textsOf(newest.messages), u"10 - 8"_s);
        QVERIFY(newest.more);
        const MessagePage older = history(bob, newest.messages.last().id, {}, 100);
        QCOMPARE(textsOf(older.messages), u"7 6 5 4 3 2 1"_s);
        QVERIFY(!older.more);
        const MessagePage between = history(bob, sent.at(5).id, sent.at(1).id, 3);
        QCOMPARE(textsOf(between.messages), u"5 4 3"_s);
        QVERIFY(!between.more);
        QVERIFY(history(bob, sent.at(0).id).messages.isEmpty());
        const GetHistory none{chat, {}, {}, 0};
        QVERIFY(!await(f->messages.history(f->caller(bob), none)));
    }

    void boundsAPageByItsBytesToo()
    {
        const QString longText(10'000, u'x');
        for (int i = 0; i < 60; ++i)
            f->send(ada, chat, longText);
        qint64 seen = 0;
        std::optional<qint64> before;
        int pages = 0;
        for (bool more = true; more; ++pages) {
            const MessagePage page = history(bob, before);
            QVERIFY(!page.messages.isEmpty());
            QVERIFY(encodeCbor(page).size() < 180'000);
            seen += page.messages.size();
            before = page.messages.last().id;
            more = page.more;
        }
        QCOMPARE(seen, 60);
        QVERIFY(pages > 1);
    }

    /// Case N4, the sending side.
    void refusesDeactivatedAndFormerMembers()
    {
        const ConversationId group = f->group(ada, {bob, eve});
        const Message fromBob = f->send(bob, group);
        const Message fromEve = f->send(eve, group);
        f->removeMember(ada, group, bob);
        f->deactivate(eve);
        for (const auto &who : {bob, eve}) {
            SendMessage op = sending(u"hi"_s);
            op.conversationId = group;
            const Result<Message> sent = send(who, op);
            QVERIFY(!sent);
            QCOMPARE(sent.error().code, ErrorCode::NotFound);
            const EditMessage edit{group, who == bob ? fromBob.id : fromEve.id, u"x"_s};
            QVERIFY(!await(f->messages.edit(f->caller(who), edit)));
            const DeleteMessage deletion{group, edit.messageId};
            QVERIFY(!await(f->messages.remove(f->caller(who), deletion)));
            const GetHistory get{group, {}, {}, {}};
            QVERIFY(!await(f->messages.history(f->caller(who), get)));
        }
        QCOMPARE(f->count("SELECT count(*) FROM messages WHERE deleted = 1 OR edited_at > 0"), 0);
    }

    void hidesWhatWasBeforeANewcomerWhereHistoryIsHidden()
    {
        chat = f->group(ada, {bob}, true);
        const Message before = f->send(ada, chat, u"before"_s);
        f->add(ada, chat, eve);
        const Message after = f->send(ada, chat, u"after"_s);
        QCOMPARE(textsOf(history(eve).messages), u"after"_s);
        QCOMPARE(textsOf(history(bob).messages), u"after before"_s);
        SendMessage quote = sending(u"what?"_s);
        quote.replyTo = before.id;
        QVERIFY(!send(eve, quote));
        quote.replyTo = after.id;
        QVERIFY(send(eve, quote));
        // Owner or not: what is not visible cannot be deleted either.
        const DeleteMessage deletion{chat, before.id};
        const Result<Message> deleted = await(f->messages.remove(f->caller(eve), deletion));
        QVERIFY(!deleted);
        QCOMPARE(deleted.error().code, ErrorCode::NotFound);
    }

    void survivesARestart()
    {
        const SendMessage op = sending(u"kept"_s);
        const Result<Message> sent = send(ada, op);
        QVERIFY(sent);
        f->store.reopen();
        const Append again{chat, ada, op.clientId, 1, {op.text, 0}};
        const Result<Appended> appended = await(f->store.messages().append(again));
        QVERIFY(appended);
        QVERIFY(!appended->isNew);
        QCOMPARE(appended->message, *sent);
    }
};

CONFAB_TEST_CLASS(tst_MessageService)
#include "tst_MessageService.moc"
