// SPDX-License-Identifier: MIT
#include "tests/system/faults/FaultScene.h"

#include <QtCore/QDeadlineTimer>

namespace confab::test {
using namespace Qt::StringLiterals;

FaultScene::FaultScene(const QStringList &serverArguments)
    : server(cheapServer() + QStringList{u"--heartbeat-seconds"_s, u"1"_s} + serverArguments)
{
}

QString FaultScene::open()
{
    if (!server.start())
        return u"the server did not start"_s;
    proxy = std::make_unique<FaultProxy>(server.port());
    ada = std::make_unique<Person>(proxy->url(), m_adasProfile.path());
    joan = std::make_unique<Person>(m_joansServer.isEmpty() ? server.url() : m_joansServer);
    for (const QString &name : {u"ada"_s, u"joan"_s}) {
        const Result<User> user = person(name).registerAs(name);
        if (!user)
            return name + u": "_s + user.error().message;
    }
    const Result<Conversation> group = await(joan->client().createGroup(u"Faults"_s, {ada->client().me().id}));
    if (!group)
        return group.error().message;
    conversation = group->id;
    checker = std::make_unique<InvariantChecker>(server.url());
    checker->addDevice(u"ada"_s, u"ada"_s, *ada);
    checker->addDevice(u"joan"_s, u"joan"_s, *joan);
    if (!waitUntil([this] { return ada->unsettled(conversation) == 0; }))
        return u"the group did not reach Ada"_s;
    checker->watch(u"ada"_s, conversation);
    checker->watch(u"joan"_s, conversation);
    return {};
}

void FaultScene::chat(int times)
{
    for (int i = 0; i < times; ++i) {
        act(u"ada"_s);
        act(u"joan"_s);
    }
}

bool FaultScene::chatUntil(const std::function<bool()> &condition)
{
    const QDeadlineTimer deadline(60'000);
    while (!waitUntil(condition, 500)) {
        if (deadline.hasExpired())
            return false;
        chat(1);
    }
    return true;
}

bool FaultScene::type(const QString &name, const QString &text)
{
    const Result<ClientId> clientId = await(person(name).client().sendMessage(conversation, text));
    if (!clientId)
        return false;
    checker->typed(name, conversation, *clientId, text);
    m_typed[name].append(*clientId);
    return true;
}

void FaultScene::restart(const QString &name)
{
    checker->unwatch();
    person(name).restart();
    checker->watch(u"ada"_s, conversation);
    checker->watch(u"joan"_s, conversation);
}

QString FaultScene::killServerAmidChat()
{
    const qsizetype before = checker->acknowledgedCount();
    chat(6);
    const int enough = seed.between(0, 5);
    if (!waitUntil([&] { return checker->acknowledgedCount() >= before + enough; }))
        return u"what was typed was not acknowledged"_s;
    server.kill9();
    chat(1);
    if (!server.start())
        return u"the server did not start again"_s;
    ada->client().probe();
    joan->client().probe();
    return ada->waitOnline() && joan->waitOnline() ? QString() : u"somebody did not come back"_s;
}

void FaultScene::adaLeaves()
{
    checker->unwatch();
    ada.reset();
    adasProcess = std::make_unique<FaultClient>(
        proxy->url(), m_adasProfile.path(),
        [this](ClientId clientId, const QString &text) { checker->typed(u"ada"_s, conversation, clientId, text); });
}

void FaultScene::adaReturns()
{
    adasProcess.reset();
    ada = std::make_unique<Person>(proxy->url(), m_adasProfile.path());
    checker->addDevice(u"ada"_s, u"ada"_s, *ada);
}

void FaultScene::act(const QString &name)
{
    QList<ClientId> &own = m_typed[name];
    const int what = seed.between(0, 9);
    if (what < 7 || own.isEmpty()) {
        ++m_count;
        if (!type(name, u"%1 says %2"_s.arg(name).arg(m_count)))
            qWarning("%s could not type", qPrintable(name));
        return;
    }
    const qsizetype which = seed.between(0, static_cast<int>(own.size()) - 1);
    const ClientId clientId = own.at(which);
    client::Client &client = person(name).client();
    if (what == 7) {
        const QString text = u"%1 edits %2"_s.arg(name).arg(++m_count);
        if (await(client.editMessage(conversation, clientId, text)))
            checker->edited(clientId, text);
    } else if (what == 8) {
        if (await(client.deleteMessage(conversation, clientId))) {
            checker->deleted(clientId);
            own.removeAt(which);
        }
    } else {
        const QList<Message> shown = person(name).timeline(conversation, false);
        MessageId newest = 0;
        for (const Message &message : shown)
            newest = std::max(newest, message.id);
        if (newest > 0)
            (void)await(client.markRead(conversation, newest));
    }
}

} // namespace confab::test
