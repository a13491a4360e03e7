// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/messages/MessagesFixture.h"

#include <QtTest/QTest>

#include <random>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// What a client keeps of one conversation, by the rules every client follows.
struct Cache
{
    ConversationId conversationId;
    Revision cursor = 0;
    QMap<qint64, Message> messages;
    QMap<UserId, Member> members;
    std::optional<Conversation> conversation;
    QList<Hole> holes;

    bool inHole(qint64 id) const
    {
        return std::any_of(holes.begin(), holes.end(),
                           [id](const Hole &hole) { return hole.after < id && id < hole.before; });
    }

    void take(const ConversationChanges &changes)
    {
        for (const Message &message : changes.messages) {
            if (!inHole(message.id) && messages.value(message.id).revision < message.revision)
                messages.insert(message.id, message);
        }
        for (const Member &member : changes.members)
            members.insert(member.userId, member);
        if (changes.conversation)
            conversation = changes.conversation;
        if (!changes.hole.isNull())
            holes.append(changes.hole);
        cursor = changes.revision;
    }
};

} // namespace

/// conversation.changes: everything that changed, once, in pages, however long somebody was away.
class tst_Changes : public QObject
{
    Q_OBJECT

    std::unique_ptr<MessagesFixture> f;
    UserId ada, bob, eve;
    ConversationId chat;

    /// Asks until nothing is more. \a newLimit makes it a catch-up.
    void catchUp(const UserId &who, Cache &cache, std::optional<qint64> newLimit, qint64 limit = 7)
    {
        const qint64 base = cache.cursor;
        for (bool more = true; more;) {
            GetConversationChanges op{cache.conversationId, cache.cursor, {}, limit, newLimit};
            if (newLimit)
                op.base = base;
            const ConversationChanges changes = f->changesOf(who, op);
            QVERIFY(changes.messages.size() + changes.members.size() <= limit + newLimit.value_or(0));
            QVERIFY(changes.revision > cache.cursor || !changes.more);
            cache.take(changes);
            more = changes.more;
        }
    }

    QList<Message> all(const UserId &who)
    {
        const GetHistory op{chat, {}, {}, {}};
        const Result<MessagePage> page = await(f->messages.history(f->caller(who), op));
        QList<Message> messages = page ? page->messages : QList<Message>{};
        std::reverse(messages.begin(), messages.end());
        return messages;
    }

private Q_SLOTS:
    void init()
    {
        f = std::make_unique<MessagesFixture>();
        ada = f->person(u"ada"_s);
        bob = f->person(u"bob"_s);
        eve = f->person(u"eve"_s);
        chat = f->group(ada, {bob});
    }

    void pagesAllRowsInOneRevisionOrder()
    {
        const QList<Message> sent = f->sendMany(ada, chat, 4);
        f->edit(ada, sent.at(0), u"1a"_s);
        f->add(ada, chat, eve);
        f->remove(ada, sent.at(1));
        GetConversationChanges op{chat, 0, {}, 3, {}};
        qint64 after = 0;
        QList<qint64> revisions;
        for (bool more = true; more;) {
            op.after = after;
            const ConversationChanges page = f->changesOf(bob, op);
            QList<qint64> here;
            for (const Message &message : page.messages)
                here.append(message.revision);
            for (const Member &member : page.members)
                here.append(member.revision);
            if (page.conversation)
                here.append(page.conversation->revision);
            std::sort(here.begin(), here.end());
            revisions += here;
            after = page.revision;
            more = page.more;
            if (more)
                QCOMPARE(after, here.last());
        }
        QVERIFY(std::is_sorted(revisions.begin(), revisions.end()));
        // Four messages, three members, the conversation: the newest state of each, once.
        QCOMPARE(revisions.size(), 8);
        QCOMPARE(after, f->entry(ada, chat).headRevision);
    }

    void answersNothingWhereNothingChanged()
    {
        f->sendMany(ada, chat, 3);
        const qint64 head = f->entry(ada, chat).headRevision;
        for (const std::optional<qint64> newLimit : {std::optional<qint64>(), std::optional<qint64>(10)}) {
            const GetConversationChanges op{chat, head, {}, {}, newLimit};
            ConversationChanges nothing;
            nothing.conversationId = chat;
            nothing.revision = head;
            QCOMPARE(f->changesOf(bob, op), nothing);
        }
    }

    /// Case F1: what was deleted or edited while a device was away comes as tombstone and new text.
    void tellsDeletionsAndEditsOfWhatADeviceHolds()
    {
        QList<Message> sent = f->sendMany(ada, chat, 5);
        Cache cache{chat, 0, {}, {}, {}, {}};
        catchUp(bob, cache, 30);
        const Message tombstone = f->remove(ada, sent.at(1));
        const Message edited = f->edit(ada, sent.at(3), u"new"_s);
        const Message gone = f->remove(ada, f->send(ada, chat, u"sent and deleted"_s));
        const GetConversationChanges op{chat, cache.cursor, {}, {}, 30};
        const ConversationChanges changes = f->changesOf(bob, op);
        QCOMPARE(changes.messages, (QList<Message>{tombstone, edited, gone}));
        QVERIFY(changes.hole.isNull());
        cache.take(changes);
        QCOMPARE(cache.messages.values(), all(bob));
    }

    void leavesAHoleAfterALongAbsence()
    {
        f->sendMany(ada, chat, 10);
        Cache cache{chat, 0, {}, {}, {}, {}};
        catchUp(bob, cache, 30);
        const QList<Message> missed = f->sendMany(ada, chat, 40);
        const GetConversationChanges op{chat, cache.cursor, {}, {}, 5};
        const ConversationChanges changes = f->changesOf(bob, op);
        QCOMPARE(textsOf(changes.messages), u"40 39 38 37 36"_s);
        QCOMPARE(changes.hole, (Hole{cache.cursor, missed.at(35).id}));
        // The hole is filled by history.
        const GetHistory fill{chat, changes.hole.before, changes.hole.after, {}};
        const auto page = await(f->messages.history(f->caller(bob), fill));
        QVERIFY(page);
        QCOMPARE(page->messages.size(), 35);
        QVERIFY(!page->more);
        // As many as fit leave none.
        const GetConversationChanges exact{chat, cache.cursor, {}, {}, 40};
        QVERIFY(f->changesOf(bob, exact).hole.isNull());
    }

    void givesTheNewestToWhoHoldsNothing()
    {
        f->sendMany(ada, chat, 40);
        const GetConversationChanges op{chat, 0, {}, {}, 30};
        const ConversationChanges changes = f->changesOf(bob, op);
        QCOMPARE(changes.messages.size(), 30);
        QCOMPARE(changes.members.size(), 2);
        QVERIFY(changes.conversation);
        QCOMPARE(changes.hole.after, 0);
        QCOMPARE(changes.hole.before, changes.messages.last().id);
        QCOMPARE(changes.revision, f->entry(bob, chat).headRevision);
    }

    void showsNewcomersOfHiddenHistoryTheirPartAlone()
    {
        chat = f->group(ada, {bob}, true);
        const QList<Message> before = f->sendMany(ada, chat, 5);
        f->add(ada, chat, eve);
        f->edit(ada, before.at(0), u"edited before"_s);
        const QList<Message> after = f->sendMany(ada, chat, 3);
        f->remove(ada, before.at(1));
        const Message edited = f->edit(ada, after.at(0), u"1a"_s);
        for (const std::optional<qint64> newLimit : {std::optional<qint64>(), std::optional<qint64>(30)}) {
            const GetConversationChanges op{chat, 0, {}, {}, newLimit};
            ConversationChanges changes = f->changesOf(eve, op);
            std::sort(changes.messages.begin(), changes.messages.end(),
                      [](const Message &a, const Message &b) { return a.id < b.id; });
            QCOMPARE(changes.messages, (QList<Message>{edited, after.at(1), after.at(2)}));
            QVERIFY(changes.hole.isNull());
            QCOMPARE(changes.members.size(), 3);
        }
        const GetConversationChanges two{chat, 0, {}, {}, 2};
        const Hole hole = f->changesOf(eve, two).hole;
        QVERIFY(hole.after >= f->entry(eve, chat).membership.visibleFrom - 1);
        QCOMPARE(hole.before, after.at(1).id);
    }

    /// Case B1.
    /// Random work, random absences, small pages: every device ends equal to the server, but for the holes it knows.
    void bringsEveryDeviceToTheServersState()
    {
        std::mt19937 random(20261125);
        const auto below = [&](int n) { return int(random() % unsigned(n)); };
        Cache inOrder{chat, 0, {}, {}, {}, {}};
        Cache catchingUp{chat, 0, {}, {}, {}, {}};
        QList<Message> sent = f->sendMany(ada, chat, 3);
        bool eveIsIn = false;
        for (int step = 0; step < 250; ++step) {
            const int what = below(10);
            const Message &some = sent.at(below(int(sent.size())));
            if (what < 5)
                sent.append(f->send(below(2) ? ada : bob, chat, QString::number(step)));
            else if (what < 7 && !all(ada).isEmpty()) {
                const EditMessage op{chat, some.id, u"e%1"_s.arg(step)};
                const auto edited = await(f->messages.edit(f->caller(some.senderId), op));
                Q_UNUSED(edited)
            } else if (what == 7) {
                f->remove(some.senderId, some);
            } else if (what == 8) {
                if (eveIsIn)
                    f->removeMember(ada, chat, eve);
                else
                    f->add(ada, chat, eve);
                eveIsIn = !eveIsIn;
            }
            if (below(12) == 0)
                catchUp(bob, inOrder, {}, 1 + below(9));
            if (below(25) == 0)
                catchUp(bob, catchingUp, 1 + below(6), 1 + below(9));
        }
        catchUp(bob, inOrder, {});
        catchUp(bob, catchingUp, 4);

        const QList<Message> truth = all(bob);
        QVERIFY(truth.size() > 50 && truth.size() < 200);
        QCOMPARE(inOrder.messages.values(), truth);
        QVERIFY(!catchingUp.holes.isEmpty());
        for (const Message &message : truth)
            QCOMPARE(catchingUp.messages.contains(message.id), !catchingUp.inHole(message.id));
        for (const Message &message : catchingUp.messages)
            QVERIFY(truth.contains(message));
        for (const Cache *cache : {&inOrder, &catchingUp}) {
            QCOMPARE(cache->conversation, f->entry(bob, chat).conversation);
            QCOMPARE(cache->members.size(), 3);
            QCOMPARE(cache->members.value(eve).left, !eveIsIn);
        }
    }

    void refusesWhatIsNoPage()
    {
        const QList<QPair<GetConversationChanges, QString>> wrong{
            {{chat, -1, {}, {}, {}}, u"after"_s},
            {{chat, 0, -1, {}, {}}, u"base"_s},
            {{chat, 0, {}, 0, {}}, u"limit"_s},
            {{chat, 0, {}, {}, 0}, u"newLimit"_s},
        };
        for (const auto &[op, field] : wrong) {
            const auto refused = await(f->messages.changes(f->caller(bob), op));
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
            QCOMPARE(refused.error().field, field);
        }
    }
};

CONFAB_TEST_CLASS(tst_Changes)
#include "tst_Changes.moc"
