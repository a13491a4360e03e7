// SPDX-License-Identifier: MIT
#include "shared/protocol/Operations.h"
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <algorithm>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;
using State = client::Client::State;

namespace {

const QString kAdminKey = u"0123456789abcdef0123456789abcdef"_s;

QStringList textsOf(RestClient &rest, ConversationId conversation)
{
    const Result<MessagePage> page =
        rest.call<MessagePage>("GET", u"/v1/conversations/%1/messages?limit=50"_s.arg(conversation.toString()));
    QStringList texts;
    if (page) {
        for (const Message &message : page->messages)
            texts.prepend(message.content.text);
    }
    return texts;
}

/// Another device of somebody, on plain REST.
bool openDevice(RestClient &rest, const QString &handle)
{
    const Result<SignedIn> signedIn = signIn(rest, handle);
    if (signedIn)
        rest.setToken(signedIn->token);
    return signedIn.has_value();
}

QString firstTitle(client::ConversationListModel &list)
{
    return list.get(0).value(u"title"_s).toString();
}

} // namespace

/// Accounts and their sessions, seen from the SDK on the real server.
class tst_Account : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Case C1: what is typed while the session is over waits for the next sign-in, and is then sent once and in order.
    void queueWaitsForTheNextSignIn()
    {
        ConfabdProcess server{cheapServer()};
        QVERIFY(server.start());
        Person ada(server.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        const Result<Conversation> notes = await(ada.client().createDirect(ada.client().me().id));
        QVERIFY(notes);
        RestClient phone(server.url());
        QVERIFY(openDevice(phone, u"ada"_s));
        const QString next = u"another long secret"_s;
        QVERIFY(phone.call<Empty>("PUT", u"/v1/accounts/me/password"_s,
                                  {{u"currentPassword"_s, Person::password()}, {u"newPassword"_s, next}}));
        QVERIFY(waitUntil([&] { return ada.client().state() == State::SessionOver; }));
        for (const QString &text : {u"one"_s, u"two"_s, u"three"_s})
            QVERIFY(await(ada.client().sendMessage(notes->id, text)));
        ada.restart(); // the queue is on disk, and the old token is no good
        QVERIFY(waitUntil([&] { return ada.client().state() == State::SessionOver; }));
        QCOMPARE(textsOf(phone, notes->id), QStringList());
        QVERIFY(!ada.signIn(u"ada"_s, Person::password()));
        QVERIFY(ada.signIn(u"ada"_s, next));
        QVERIFY(waitUntil([&] { return textsOf(phone, notes->id).size() == 3; }));
        QCOMPARE(textsOf(phone, notes->id), QStringList({u"one"_s, u"two"_s, u"three"_s}));
        QVERIFY(waitUntil([&] { return ada.unsettled(notes->id) == 0; }));
    }

    /// Cases A7, A8: a backend's session that expires is renewed by asking the app once.
    void anAppsOwnBackendKeepsItsPeopleSignedIn()
    {
        ConfabdProcess server{cheapServer() + QStringList{u"--auth-admin-key"_s, kAdminKey}};
        QVERIFY(server.start());
        RestClient backend(server.url());
        backend.setToken(kAdminKey);
        QStringList tokens;
        for (const int seconds : {6, 100'000}) {
            const Result<SignedIn> opened = backend.call<SignedIn>(
                "POST", u"/v1/sessions/for"_s,
                {{u"externalId"_s, u"crm/1"_s}, {u"displayName"_s, u"Eve"_s}, {u"lifetimeSeconds"_s, seconds}});
            QVERIFY(opened);
            tokens.append(opened->token);
        }
        RestClient observer(server.url());
        observer.setToken(tokens.last());

        Person eve(server.url());
        QVERIFY(waitUntil([&] { return eve.client().state() == State::SignedOut; }));
        int asked = 0;
        eve.client().setTokenProvider([&] {
            const QString token = tokens.value(std::min<qsizetype>(asked++, 1));
            return QtFuture::makeReadyFuture(Result<QString>(token));
        });
        const Result<User> me = await(eve.client().signInWithProvider());
        QVERIFY(me);
        QCOMPARE(me->displayName, u"Eve"_s);
        QCOMPARE(asked, 1);
        QVERIFY(waitUntil([&] { return asked == 2; }));
        // The app is asked before the client says that it is not online: until it is again, this is refused.
        Result<Conversation> notes;
        QVERIFY(waitUntil([&] {
            notes = await(eve.client().createDirect(me->id));
            return notes.has_value();
        }));
        QVERIFY(await(eve.client().sendMessage(notes->id, u"still here"_s)));
        QVERIFY(waitUntil([&] { return textsOf(observer, notes->id) == QStringList{u"still here"_s}; }));
        QCOMPARE(asked, 2);
        // The token that stands is kept: the next start needs nobody.
        eve.restart();
        QVERIFY(eve.waitOnline());
        QCOMPARE(asked, 2);
    }

    void deletedAccountLeavesItsWordsUnderNoName()
    {
        ConfabdProcess server{cheapServer()};
        QVERIFY(server.start());
        Person ada(server.url());
        Person bob(server.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        QVERIFY(bob.registerAs(u"bob"_s));
        const Result<Conversation> direct = await(ada.client().createDirect(bob.client().me().id));
        QVERIFY(direct);
        QVERIFY(await(ada.client().sendMessage(direct->id, u"goodbye"_s)));
        client::ConversationListModel list;
        list.setClient(&bob.client());
        QVERIFY(waitUntil([&] { return list.rowCount() == 1 && firstTitle(list) == u"ada"_s; }));
        QVERIFY(waitUntil([&] { return bob.timeline(direct->id).size() == 1; }));

        const Result<Done> wrong = await(ada.client().deleteAccount(u"guess"_s));
        QCOMPARE(wrong.error().field, u"password"_s);
        QCOMPARE(ada.client().state(), State::Online);
        QVERIFY(await(ada.client().deleteAccount(Person::password())));
        QCOMPARE(ada.client().state(), State::SignedOut);
        QVERIFY(ada.client().me().id.isNull());
        QVERIFY(!ada.signIn(u"ada"_s, Person::password()));

        QVERIFY(waitUntil([&] { return firstTitle(list) == u"Deleted account"_s; }));
        QCOMPARE(bob.timeline(direct->id).first().content.text, u"goodbye"_s);
        // Also after a start, and for who learns of it late.
        list.setClient(nullptr);
        bob.restart();
        list.setClient(&bob.client());
        QVERIFY(waitUntil([&] { return list.rowCount() == 1 && firstTitle(list) == u"Deleted account"_s; }));
    }
};

CONFAB_TEST_CLASS(tst_Account)
#include "tst_Account.moc"
