// SPDX-License-Identifier: MIT
#include "tests/support/ConfabdProcess.h"
#include "tests/support/TestClass.h"
#include "tests/support/system/Person.h"

#include <QtCore/QElapsedTimer>
#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::test;
using namespace Qt::StringLiterals;
using client::Client;

/// A server that is restarted by SIGTERM while people write.
class tst_Draining : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noMessageFailsAndEachIsThereOnce()
    {
        constexpr int kPeople = 4;
        constexpr int kRounds = 3;
        constexpr int kEach = 20;
        ConfabdProcess server(cheapServer());
        QVERIFY(server.start());
        std::vector<std::unique_ptr<Person>> people;
        QList<UserId> ids;
        for (int i = 0; i < kPeople; ++i) {
            people.push_back(std::make_unique<Person>(server.url()));
            const Result<User> user = people.back()->registerAs(u"person%1"_s.arg(i));
            QVERIFY(user);
            ids.append(user->id);
        }
        const Result<Conversation> group = await(people.front()->client().createGroup(u"Rush"_s, ids.mid(1)));
        QVERIFY(group);
        QVERIFY(waitUntil([&] {
            for (const auto &person : people) {
                if (!await(person->client().markUnread(group->id)))
                    return false; // not told of the group yet
            }
            return true;
        }));
        QStringList errors;
        for (const auto &person : people) {
            connect(&person->client(), &Client::stateChanged, this, [&errors, client = &person->client()] {
                if (client->state() == Client::State::SessionOver || client->state() == Client::State::SignedOut ||
                    client->state() == Client::State::StoreFailed)
                    errors.append(client->stateReason());
            });
        }

        QSet<QString> typed;
        for (int round = 0; round < kRounds; ++round) {
            for (int i = 0; i < kEach; ++i) {
                for (std::size_t who = 0; who < people.size(); ++who) {
                    const QString text = u"%1 of %2 in %3"_s.arg(i).arg(who).arg(round);
                    QVERIFY(await(people[who]->client().sendMessage(group->id, text)));
                    typed.insert(text);
                }
            }
            // In the middle of it: some are acknowledged, others on their way.
            QElapsedTimer timer;
            timer.start();
            QCOMPARE(server.terminate(), 0);
            QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
            QVERIFY(server.start());
            for (const auto &person : people)
                person->client().probe();
        }
        for (const auto &person : people) {
            QVERIFY(waitUntil([&] { return person->unsettled(group->id) == 0; }));
            QVERIFY(waitUntil([&] { return person->timeline(group->id).size() == typed.size(); }));
        }
        QVERIFY2(errors.isEmpty(), qPrintable(errors.join(u", "_s)));
        QStringList first;
        for (const Message &message : people.front()->timeline(group->id))
            first.append(u"%1 %2"_s.arg(message.id).arg(message.content.text));
        for (const auto &person : people) {
            QStringList lines;
            QSet<QString> texts;
            for (const Message &message : person->timeline(group->id)) {
                lines.append(u"%1 %2"_s.arg(message.id).arg(message.content.text));
                texts.insert(message.content.text);
            }
            QCOMPARE(lines, first);
            QCOMPARE(texts, typed);
        }
    }
};

CONFAB_TEST_CLASS(tst_Draining)
#include "tst_Draining.moc"
