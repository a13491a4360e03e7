// SPDX-License-Identifier: MIT
// fault-client PROFILE SERVER: an SDK client in a process of its own, for tests that kill and stop it.
//
// Standard input holds orders, a line each:   say <conversation> <text>
// Standard output tells what happened:        state <name> <reason> · typed <clientId> <text> · refused <code> <text>
#include <Confab/Client.h>
#include <Confab/WhenDone.h>

#include "shared/core/Error.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QMetaEnum>
#include <QtCore/QSocketNotifier>

#include <csignal>
#include <cstdio>
#include <unistd.h>

using namespace confab;
using namespace confab::client;
using namespace Qt::StringLiterals;

namespace {

void print(const QString &line)
{
    const QByteArray bytes = line.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}

/// Does what the lines on standard input say.
class Orders : public QObject
{
public:
    explicit Orders(Client &client) : m_client(client), m_input(STDIN_FILENO, QSocketNotifier::Read)
    {
        connect(&m_input, &QSocketNotifier::activated, this, &Orders::read);
    }

private:
    void read()
    {
        char buffer[4096];
        const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (size <= 0) {
            QCoreApplication::quit();
            return;
        }
        m_waiting.append(buffer, size);
        for (qsizetype end = m_waiting.indexOf('\n'); end >= 0; end = m_waiting.indexOf('\n')) {
            obey(QString::fromUtf8(m_waiting.first(end)));
            m_waiting.remove(0, end + 1);
        }
    }

    void obey(const QString &line)
    {
        const auto conversation = ConversationId::fromString(line.section(u' ', 1, 1));
        const QString text = line.section(u' ', 2);
        if (!line.startsWith("say "_L1) || !conversation) {
            print(u"unknown "_s + line);
            return;
        }
        whenDone(m_client.sendMessage(*conversation, text), this, [text](const Result<ClientId> &clientId) {
            if (clientId)
                print(u"typed %1 %2"_s.arg(clientId->toString(), text));
            else
                print(u"refused %1 %2"_s.arg(QLatin1StringView(errorTraits(clientId.error().code).wireName), text));
        });
    }

    Client &m_client;
    QSocketNotifier m_input;
    QByteArray m_waiting;
};

} // namespace

int main(int argc, char **argv)
{
    // A file that may not grow is then an error of the write, as on a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    QCoreApplication application(argc, argv);
    ClientSettings settings;
    settings.profileDirectory = application.arguments().value(1);
    settings.serverUrl = QUrl(application.arguments().value(2));
    settings.deviceName = u"fault-client"_s;
    settings.secretPolicy = SecretPolicy::PlainFile;
    Client client(settings);
    QObject::connect(&client, &Client::stateChanged, &client, [&client] {
        const char *state = QMetaEnum::fromType<Client::State>().valueToKey(static_cast<int>(client.state()));
        print(u"state %1 %2"_s.arg(QLatin1StringView(state), client.stateReason()));
    });
    const Orders orders(client);
    return application.exec();
}
