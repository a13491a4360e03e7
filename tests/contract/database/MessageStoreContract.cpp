// SPDX-License-Identifier: MIT
#include "tests/contract/database/MessageStoreContract.h"

#include "tests/support/Await.h"

#include <QtTest/QTest>

namespace confab::test {

using namespace confab::server;
using namespace Qt::StringLiterals;

void MessageStoreContract::commit(const Batch &batch)
{
    const auto outcome = await(database().commit(batch));
    if (!outcome || !outcome->committed())
        qFatal("the test's rows cannot be made");
}

qint64 MessageStoreContract::number(const Statement &statement)
{
    const auto rows = await(database().query(statement));
    return rows && !rows->isEmpty() ? rows->first().at(0).toInt() : -1;
}

UserId MessageStoreContract::makeUser(const QString &handle)
{
    const UserId id = ids().make<UserId>();
    commit({{"INSERT INTO users (id, handle, handle_skeleton, display_name, password_hash, created_at) "
             "VALUES (?, ?, ?, ?, '', 0)",
             {id, handle, handle, handle},
             1}});
    return id;
}

ConversationId MessageStoreContract::makeConversation(const QList<UserId> &members)
{
    const ConversationId id = ids().make<ConversationId>();
    Batch batch{
        {"INSERT INTO conversations (id, kind, title, creator_id, created_at, active_at, member_count, revision, "
         "row_revision) VALUES (?, 2, '', ?, 0, 0, ?, 10, 10)",
         {id, members.first(), members.size()},
         1}};
    for (const UserId &member : members) {
        batch.append({"INSERT INTO members (conversation_id, user_id, role, joined_at, revision, account_revision) "
                      "VALUES (?, ?, 1, 0, 1, 1)",
                      {id, member},
                      1});
    }
    commit(batch);
    return id;
}

Append MessageStoreContract::appendOf(const ConversationId &conversation, const UserId &sender)
{
    return {conversation, sender, ids().make<ClientId>(), 1'000, {u"text"_s, 0}};
}

void MessageStoreContract::numbersFromTheConversationsRevisionOn()
{
    const UserId ada = makeUser(u"ada"_s);
    const ConversationId chat = makeConversation({ada});
    for (qint64 id = 11; id <= 13; ++id) {
        const Append append = appendOf(chat, ada);
        const auto appended = await(store().append(append));
        QVERIFY(appended);
        QVERIFY(appended->isNew);
        Message expected;
        expected.conversationId = chat;
        expected.id = id;
        expected.revision = id;
        expected.senderId = ada;
        expected.clientId = append.clientId;
        expected.createdAt = 1'000;
        expected.content.text = u"text"_s;
        QCOMPARE(appended->message, expected);
    }
    QCOMPARE(number({"SELECT revision FROM conversations WHERE id = ?", {chat}, {}}), 13);
}

void MessageStoreContract::storesAClientIdOnceHoweverOftenItIsSent()
{
    const UserId ada = makeUser(u"ada"_s);
    const UserId bob = makeUser(u"bob"_s);
    const ConversationId chat = makeConversation({ada, bob});
    const ConversationId other = makeConversation({ada});
    const Append append = appendOf(chat, ada);
    std::vector<QCoro::Task<Result<Appended>>> tasks;
    for (int i = 0; i < 20; ++i)
        tasks.push_back(store().append(append));
    int isNew = 0;
    for (auto &task : tasks) {
        const auto appended = await(std::move(task));
        QVERIFY(appended);
        QCOMPARE(appended->message.id, 11);
        isNew += appended->isNew ? 1 : 0;
    }
    QCOMPARE(isNew, 1);
    QCOMPARE(number({"SELECT revision FROM conversations WHERE id = ?", {chat}, {}}), 11);
    // The clientId belongs to its conversation and sender.
    Append bobs = append;
    bobs.senderId = bob;
    Append elsewhere = append;
    elsewhere.conversationId = other;
    for (const Append &different : {bobs, elsewhere}) {
        const auto appended = await(store().append(different));
        QVERIFY(appended);
        QVERIFY(appended->isNew);
    }
}

void MessageStoreContract::refusesWhoIsNoActiveMember()
{
    const UserId ada = makeUser(u"ada"_s);
    const UserId left = makeUser(u"left"_s);
    const UserId closed = makeUser(u"closed"_s);
    const UserId stranger = makeUser(u"stranger"_s);
    const ConversationId chat = makeConversation({ada, left, closed});
    commit({{"UPDATE members SET has_left = 1 WHERE user_id = ?", {left}, 1},
            {"UPDATE users SET deactivated = 1 WHERE id = ?", {closed}, 1}});
    const ConversationId invented = ids().make<ConversationId>();
    std::optional<Error> first;
    for (const Append &append : {appendOf(chat, left), appendOf(chat, closed), appendOf(chat, stranger),
                                 appendOf(invented, ada), appendOf(chat, ids().make<UserId>())}) {
        const auto refused = await(store().append(append));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::NotFound);
        if (!first)
            first = refused.error();
        QCOMPARE(refused.error(), *first);
    }
    QCOMPARE(number({"SELECT revision FROM conversations WHERE id = ?", {chat}, {}}), 10);
}

void MessageStoreContract::refusesAnInvisibleReply()
{
    const UserId ada = makeUser(u"ada"_s);
    const UserId bob = makeUser(u"bob"_s);
    const ConversationId chat = makeConversation({ada, bob});
    QVERIFY(await(store().append(appendOf(chat, ada))));
    commit({{"UPDATE members SET visible_from = 12 WHERE user_id = ?", {bob}, 1}});
    Append reply = appendOf(chat, bob);
    reply.content.replyTo = 11;
    const auto refused = await(store().append(reply));
    QVERIFY(!refused);
    QCOMPARE(refused.error().field, u"replyTo"_s);
    reply.senderId = ada;
    const auto appended = await(store().append(reply));
    QVERIFY(appended);
    QCOMPARE(appended->message.content.replyTo, 11);
}

void MessageStoreContract::keepsEveryMessageOfManyConcurrentSenders()
{
    constexpr int kSenders = 10;
    constexpr int kEach = 60;
    QList<UserId> senders;
    for (int i = 0; i < kSenders; ++i)
        senders.append(makeUser(u"user%1"_s.arg(i)));
    const QList<ConversationId> chats{makeConversation(senders), makeConversation(senders)};
    std::vector<QCoro::Task<Result<Appended>>> tasks;
    for (int i = 0; i < kEach; ++i) {
        for (const UserId &sender : senders)
            tasks.push_back(store().append(appendOf(chats.at(i % 2), sender)));
    }
    QHash<ConversationId, QSet<qint64>> numbers;
    for (auto &task : tasks) {
        const auto appended = await(std::move(task));
        QVERIFY(appended);
        numbers[appended->message.conversationId].insert(appended->message.id);
    }
    for (const ConversationId &chat : chats) {
        // No number twice and none left out.
        QCOMPARE(numbers.value(chat).size(), kSenders * kEach / 2);
        QCOMPARE(number({"SELECT revision FROM conversations WHERE id = ?", {chat}, {}}), 10 + kSenders * kEach / 2);
        QCOMPARE(number({"SELECT count(*) FROM messages WHERE conversation_id = ?", {chat}, {}}), kSenders * kEach / 2);
    }
}

void MessageStoreContract::refusesOneOfAGroupAlone()
{
    const UserId ada = makeUser(u"ada"_s);
    const UserId stranger = makeUser(u"stranger"_s);
    const ConversationId chat = makeConversation({ada});
    std::vector<QCoro::Task<Result<Appended>>> tasks;
    for (int i = 0; i < 40; ++i)
        tasks.push_back(store().append(appendOf(chat, i % 4 == 3 ? stranger : ada)));
    for (int i = 0; i < 40; ++i)
        QCOMPARE(await(std::move(tasks[size_t(i)])).has_value(), i % 4 != 3);
    QCOMPARE(number({"SELECT revision FROM conversations WHERE id = ?", {chat}, {}}), 10 + 30);
}

} // namespace confab::test
