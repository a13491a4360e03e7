// SPDX-License-Identifier: MIT
#include "tests/support/TestClass.h"
#include "tests/unit/server/auth/AuthFixture.h"

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

class tst_UserService : public QObject
{
    Q_OBJECT

    static SignedIn add(AuthFixture &fixture, const QString &handle, const QString &name)
    {
        RegisterAccount op = AuthFixture::registration(handle);
        op.displayName = name;
        return fixture.add(op).value_or(SignedIn{});
    }

    static QStringList search(AuthFixture &fixture, const QString &query, std::optional<qint64> limit = {})
    {
        const SearchUsers op{query, limit};
        const auto found = await(fixture.users.searchUsers(AuthFixture::nobody(), op));
        QStringList handles;
        if (!found)
            return {u"error "_s + found.error().field};
        for (const User &user : found->users)
            handles += user.handle;
        return handles;
    }

    static Result<User> rename(AuthFixture &fixture, const SignedIn &who, const Patch<QString> &name)
    {
        const UpdateUser op{name};
        return await(fixture.users.updateUser(AuthFixture::callerOf(who), op));
    }

    /// Adds a conversation with this one member.
    static ConversationId converse(AuthFixture &fixture, const UserId &userId, bool left = false)
    {
        const auto id = fixture.store.ids().make<ConversationId>();
        fixture.run("INSERT INTO conversations (id, kind, title, creator_id, created_at, active_at) "
                    "VALUES (?, 2, 'talk', ?, 0, 0)",
                    {id, userId});
        fixture.run("INSERT INTO members (conversation_id, user_id, role, joined_at, has_left, revision, "
                    "account_revision) VALUES (?, ?, 3, 0, ?, 1, 1)",
                    {id, userId, left});
        return id;
    }

private Q_SLOTS:
    void getsOneAndMany()
    {
        AuthFixture fixture;
        const SignedIn ann = add(fixture, u"ann"_s, u"Ann"_s);
        const SignedIn bob = add(fixture, u"bob"_s, u"Bob"_s);
        const SignedIn eve = add(fixture, u"eve"_s, u"Eve"_s);
        const UserId stranger = fixture.store.ids().make<UserId>();
        QCOMPARE(await(fixture.users.getUser(AuthFixture::nobody(), GetUser{ann.user.id})).value(), ann.user);
        const auto none = await(fixture.users.getUser(AuthFixture::nobody(), GetUser{stranger}));
        QCOMPARE(none.error().code, ErrorCode::NotFound);

        const GetUsers three{{ann.user.id, stranger, eve.user.id}};
        const auto found = await(fixture.users.getUsers(AuthFixture::nobody(), three));
        QVERIFY(found);
        QCOMPARE(found->users.size(), 2);
        QVERIFY(found->users.contains(ann.user));
        QVERIFY(found->users.contains(eve.user));
        QVERIFY(await(fixture.users.getUsers(AuthFixture::nobody(), {}))->users.isEmpty());
        const GetUsers tooMany{QList<UserId>(201, bob.user.id)};
        const auto refused = await(fixture.users.getUsers(AuthFixture::nobody(), tooMany));
        QCOMPARE(refused.error().code, ErrorCode::TooLarge);
        QCOMPARE(refused.error().field, u"ids"_s);
    }

    void findsByHandleAndByWordsOfTheName_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QStringList>("handles");
        QTest::newRow("prefix of handles") << u"an"_s << QStringList{u"ana"_s, u"ann"_s, u"ann_lee"_s};
        QTest::newRow("exact handle first") << u"ANN"_s << QStringList{u"ann"_s, u"ann_lee"_s};
        QTest::newRow("at sign") << u"@ann_"_s << QStringList{u"ann_lee"_s};
        QTest::newRow("second word of a name") << u"gar"_s << QStringList{u"ana"_s};
        QTest::newRow("second word of a handle") << u"lee"_s << QStringList{u"ann_lee"_s};
        QTest::newRow("without diacritics") << u"garcia"_s << QStringList{u"ana"_s};
        QTest::newRow("with other diacritics") << u"JÜRG"_s << QStringList{u"juerg"_s};
        QTest::newRow("two words, any order") << u"müller jür"_s << QStringList{u"juerg"_s};
        QTest::newRow("two words, one wrong") << u"jürgen maier"_s << QStringList{};
        QTest::newRow("full width") << u"Ｍüll"_s << QStringList{u"juerg"_s};
        QTest::newRow("another script") << u"иВ"_s << QStringList{u"vanya"_s};
        QTest::newRow("Han") << u"小"_s << QStringList{u"ming"_s};
        QTest::newRow("middle of a word") << u"ller"_s << QStringList{};
        QTest::newRow("wildcards are plain") << u"%"_s << QStringList{};
        QTest::newRow("deactivated") << u"gone"_s << QStringList{};
        QTest::newRow("empty") << u""_s << QStringList{u"error query"_s};
        QTest::newRow("NUL") << u"a"_s + QChar(u'\0') << QStringList{u"error query"_s};
        QTest::newRow("long") << QString(129, u'a') << QStringList{u"error query"_s};
    }
    void findsByHandleAndByWordsOfTheName()
    {
        QFETCH(QString, query);
        QFETCH(QStringList, handles);
        AuthFixture fixture;
        add(fixture, u"ann"_s, u"Ann"_s);
        add(fixture, u"ann_lee"_s, u"A. L."_s);
        add(fixture, u"ana"_s, u"Ana García"_s);
        add(fixture, u"juerg"_s, u"Jürgen Müller"_s);
        add(fixture, u"vanya"_s, u"Иван"_s);
        add(fixture, u"ming"_s, u"小明"_s);
        add(fixture, u"gone"_s, u"Gone"_s);
        QVERIFY(fixture.run("UPDATE users SET deactivated = 1 WHERE handle = 'gone'"));
        QCOMPARE(search(fixture, query), handles);
    }

    void searchGivesAsManyAsAskedFor()
    {
        AuthFixture fixture;
        for (int i = 0; i < 25; ++i)
            add(fixture, u"person%1"_s.arg(i), u"Person"_s);
        QCOMPARE(search(fixture, u"person"_s).size(), 20);
        QCOMPARE(search(fixture, u"person"_s, 3).size(), 3);
        QCOMPARE(search(fixture, u"person"_s, 0), QStringList{u"error limit"_s});
        QCOMPARE(search(fixture, u"person"_s, 1'000'000).size(), 25);
    }

    void renamingReachesSearchVersionsAndDevices()
    {
        AuthFixture fixture;
        const SignedIn ann = add(fixture, u"ann"_s, u"Ann Old"_s);
        const ConversationId talk = converse(fixture, ann.user.id);
        converse(fixture, ann.user.id, true);
        const auto renamed = rename(fixture, ann, u" Ann New "_s);
        QVERIFY(renamed);
        QCOMPARE(renamed->displayName, u"Ann New"_s);
        QCOMPARE(renamed->profileVersion, 2);
        QCOMPARE(fixture.count("users WHERE account_revision = 1 AND profile_version = 2"), 1);
        QCOMPARE(search(fixture, u"new"_s), QStringList{u"ann"_s});
        QVERIFY(search(fixture, u"old"_s).isEmpty());
        QCOMPARE(search(fixture, u"ann"_s), QStringList{u"ann"_s});

        QCOMPARE(fixture.bus.published.size(), 3);
        const auto own = fixture.bus.published.at(0);
        QCOMPARE(own.topic, userTopic(ann.user.id));
        QCOMPARE(own.envelope.kind, Envelope::Kind::User);
        QCOMPARE(own.envelope.userId, ann.user.id);
        QCOMPARE(eventIn<User>(own.envelope), *renamed);
        const auto account = fixture.bus.published.at(1);
        QCOMPARE(account.envelope.kind, Envelope::Kind::User);
        QCOMPARE(eventIn<AccountChange>(account.envelope).accountRevision, 1);
        const auto shared = fixture.bus.published.at(2);
        QCOMPARE(shared.topic, conversationTopic(talk));
        QCOMPARE(shared.envelope.kind, Envelope::Kind::Conversation);
        QCOMPARE(shared.envelope.conversationId, talk);
        QCOMPARE(shared.envelope.messageId, 0);
        QCOMPARE(eventIn<User>(shared.envelope), *renamed);
    }

    void sameNameChangesNothing()
    {
        AuthFixture fixture;
        const SignedIn ann = add(fixture, u"ann"_s, u"Ann"_s);
        QCOMPARE(rename(fixture, ann, u"Ann "_s).value(), ann.user);
        QCOMPARE(rename(fixture, ann, {}).value(), ann.user);
        QVERIFY(fixture.bus.published.isEmpty());
    }

    void refusesToHaveNoName()
    {
        AuthFixture fixture;
        const SignedIn ann = add(fixture, u"ann"_s, u"Ann"_s);
        Patch<QString> cleared;
        cleared.state = Patch<QString>::State::Clear;
        for (const Patch<QString> &name : {cleared, Patch<QString>(u" "_s), Patch<QString>(u"a\nb"_s)}) {
            const auto refused = rename(fixture, ann, name);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::InvalidArgument);
            QCOMPARE(refused.error().field, u"displayName"_s);
        }
        QCOMPARE(rename(fixture, ann, QString(65, u'x')).error().code, ErrorCode::TooLarge);
        QVERIFY(fixture.bus.published.isEmpty());
    }

    void tellsABoundedNumberOfConversations()
    {
        AuthFixture fixture;
        const SignedIn ann = add(fixture, u"ann"_s, u"Ann"_s);
        for (int i = 0; i < 210; ++i)
            converse(fixture, ann.user.id);
        QVERIFY(rename(fixture, ann, u"Ann New"_s));
        QCOMPARE(fixture.bus.published.size(), 202);
    }
};

CONFAB_TEST_CLASS(tst_UserService)
#include "tst_UserService.moc"
