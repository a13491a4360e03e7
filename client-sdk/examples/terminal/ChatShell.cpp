// SPDX-License-Identifier: MIT
#include "ChatShell.h"

#include "Printable.h"
#include <Confab/WhenDone.h>

#include <QtCore/QDateTime>
#include <QtCore/QLocale>

using namespace confab;
using namespace confab::client;
using namespace Qt::StringLiterals;

namespace {

using Role = TimelineModel::Role;

constexpr int kRowsShown = 20;
constexpr int kPatienceMs = 10'000;
/// Names come soon after the first messages of somebody; offline they may not come at all.
constexpr int kNamesPatienceMs = 3'000;
constexpr int kNameLength = 40;
constexpr int kPreviewLength = 60;

} // namespace

ChatShell::ChatShell(Client &client, Terminal &terminal, QObject *parent)
    : QObject(parent), m_client(client), m_terminal(terminal)
{
    connect(&m_terminal, &Terminal::lineEntered, this, &ChatShell::takeLine);
    connect(&m_terminal, &Terminal::closed, this, [this] {
        if (std::exchange(m_closing, true))
            Q_EMIT finished(1); // asked for twice: whatever is under way is not waited for
        takeNext();
    });
    connect(&m_client, &Client::stateChanged, this, &ChatShell::printState);
    connect(&m_client, &Client::messageReceived, this, &ChatShell::printNews);
    connect(&m_timeline, &TimelineModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { printInserted(first, last); });
    connect(&m_timeline, &TimelineModel::dataChanged, this,
            [this](const QModelIndex &from, const QModelIndex &to, const QList<int> &roles) {
                for (int row = to.row(); row >= from.row(); --row)
                    printChanged(row, roles);
            });
    m_timeout.setSingleShot(true);
    connect(&m_timeout, &QTimer::timeout, this, [this] {
        m_condition = nullptr;
        std::exchange(m_then, nullptr)();
    });
    for (const auto &model :
         {static_cast<QAbstractItemModel *>(&m_conversations), static_cast<QAbstractItemModel *>(&m_timeline)}) {
        connect(model, &QAbstractItemModel::rowsInserted, this, &ChatShell::check, Qt::QueuedConnection);
        connect(model, &QAbstractItemModel::dataChanged, this, &ChatShell::check, Qt::QueuedConnection);
        connect(model, &QAbstractItemModel::modelReset, this, &ChatShell::check, Qt::QueuedConnection);
    }
    connect(&m_timeline, &TimelineModel::loadingChanged, this, &ChatShell::check, Qt::QueuedConnection);
    connect(&m_conversations, &ConversationListModel::loadedChanged, this, &ChatShell::check, Qt::QueuedConnection);
    connect(&m_client, &Client::stateChanged, this, &ChatShell::check, Qt::QueuedConnection);
}

void ChatShell::start(const QString &handle, const QString &password)
{
    m_handle = handle;
    m_password = password;
    wait([this] { return m_client.state() != Client::State::Starting; }, kPatienceMs, [this] { begin(); });
}

void ChatShell::begin()
{
    switch (m_client.state()) {
    case Client::State::SignedOut:
    case Client::State::SessionOver:
    case Client::State::SecretsLocked:
    case Client::State::SecretsMissing:
        signIn();
        return;
    case Client::State::Starting:
    case Client::State::StoreFailed:
        m_terminal.print(printable(m_client.stateReason(), 0));
        Q_EMIT finished(1);
        return;
    default:
        showListAndGo();
    }
}

void ChatShell::signIn()
{
    whenDone(m_client.signIn(m_handle, m_password), [this](const Result<User> &user) {
        m_password.clear();
        if (!user) {
            m_terminal.print(u"Signing in as %1 failed: %2"_s.arg(printableLine(m_handle, kNameLength),
                                                                  printable(user.error().message, 0)));
            Q_EMIT finished(1);
            return;
        }
        showListAndGo();
    });
}

void ChatShell::showListAndGo()
{
    m_conversations.setClient(&m_client);
    m_timeline.setClient(&m_client);
    const auto ready = [this] {
        if (m_client.state() == Client::State::SessionOver)
            return true;
        if (m_client.state() == Client::State::Offline)
            return m_conversations.isLoaded();
        return m_client.state() == Client::State::Online && m_conversations.isLoaded() && areListedNamesKnown();
    };
    wait(ready, kPatienceMs, [this] {
        if (m_client.state() == Client::State::SessionOver && !m_password.isEmpty()) {
            signIn();
            return;
        }
        m_terminal.print(u"Signed in as %1 (@%2). /help tells the commands."_s.arg(
            printableLine(m_client.me().displayName, kNameLength), printableLine(m_client.me().handle, kNameLength)));
        printState();
        printList();
        updatePrompt();
        done();
    });
}

bool ChatShell::areListedNamesKnown() const
{
    for (int row = 0; row < m_conversations.count(); ++row) {
        const QVariantMap entry = m_conversations.get(row);
        const bool said = !entry.value(u"lastMessageText"_s).toString().isEmpty();
        if (entry.value(u"title"_s).toString().isEmpty() ||
            (said && entry.value(u"lastMessageSender"_s).toString().isEmpty()))
            return false;
    }
    return true;
}

bool ChatShell::areSendersKnown() const
{
    for (int row = 0; row < m_timeline.count(); ++row) {
        const QVariantMap message = m_timeline.get(row);
        if (!message.value(u"isHole"_s).toBool() && message.value(u"senderName"_s).toString().isEmpty())
            return false;
    }
    return true;
}

void ChatShell::takeLine(const QString &line)
{
    m_lines.enqueue(line);
    takeNext();
}

/// Runs the next line once the one before is through, so that a script of commands works as if it were typed.
void ChatShell::takeNext()
{
    if (m_busy)
        return;
    if (m_lines.isEmpty()) {
        if (m_closing)
            quit();
        return;
    }
    m_busy = true;
    run(m_lines.dequeue());
}

void ChatShell::done()
{
    m_busy = false;
    // A script must not grow the stack.
    QMetaObject::invokeMethod(this, &ChatShell::takeNext, Qt::QueuedConnection);
}

void ChatShell::run(const QString &line)
{
    if (line.trimmed().isEmpty()) {
        done();
        return;
    }
    // Two slashes begin a message that begins with one.
    if (line.startsWith(u'/') && !line.startsWith("//"_L1)) {
        const QString command = line.mid(1).trimmed();
        const qsizetype space = command.indexOf(u' ');
        runCommand(space < 0 ? command : command.left(space), space < 0 ? QString() : command.mid(space + 1).trimmed());
        return;
    }
    send(line.startsWith(u'/') ? line.mid(1) : line);
}

void ChatShell::runCommand(const QString &name, const QString &argument)
{
    if (name == "quit"_L1 || name == "q"_L1) {
        quit();
    } else if (name == "open"_L1) {
        open(argument);
    } else if (name == "new"_L1) {
        openNew(argument);
    } else if (name == "older"_L1) {
        loadOlder();
    } else if (name == "list"_L1) {
        printList();
        done();
    } else if (name == "help"_L1) {
        printHelp();
        done();
    } else {
        complain(u"There is no command /%1. /help tells those there are."_s.arg(printableLine(name, kNameLength)));
        done();
    }
}

void ChatShell::printHelp()
{
    m_terminal.print(
        u"/list         your conversations\n"
        "/open N       opens the conversation with that number\n"
        "/new HANDLE   writes to somebody\n"
        "/older        shows earlier messages\n"
        "/quit         ends the program; what was not sent yet is sent the next time\n"
        "Anything else is sent to the open conversation; begin with // for a message that begins with /."_s);
}

void ChatShell::printList()
{
    m_listed.clear();
    if (m_conversations.count() == 0)
        m_terminal.print(u"There are no conversations yet. /new HANDLE begins one."_s);
    for (int row = 0; row < m_conversations.count(); ++row) {
        const QVariantMap entry = m_conversations.get(row);
        m_listed.append(entry.value(u"conversationId"_s).toString());
        QString line = u"%1. %2"_s.arg(row + 1, 3).arg(printableLine(entry.value(u"title"_s).toString(), kNameLength));
        const int unread = entry.value(u"unreadCount"_s).toInt();
        if (unread > 0)
            line += u" (%1 unread)"_s.arg(unread);
        if (const int failed = entry.value(u"failedCount"_s).toInt(); failed > 0)
            line += u" (%1 not sent)"_s.arg(failed);
        const QString last = printableLine(entry.value(u"lastMessageText"_s).toString(), kPreviewLength);
        if (!last.isEmpty()) {
            const QString sender = entry.value(u"lastMessageOwn"_s).toBool()
                                       ? u"You"_s
                                       : printableLine(entry.value(u"lastMessageSender"_s).toString(), kNameLength);
            line += u" - %1: %2"_s.arg(sender, last);
        }
        m_terminal.print(line);
    }
}

void ChatShell::open(const QString &number)
{
    bool ok = false;
    const int index = number.toInt(&ok) - 1;
    const std::optional<ConversationId> id =
        ok ? ConversationId::fromString(m_listed.value(index)) : std::optional<ConversationId>();
    if (!id) {
        complain(u"/open needs a number of /list"_s);
        done();
        return;
    }
    openConversation(*id, listedTitle(m_listed.at(index)));
}

void ChatShell::openConversation(ConversationId id, const QString &title)
{
    m_live = false;
    m_title = title;
    m_day.clear();
    m_timeline.setConversationId({});
    m_timeline.setConversationId(id);
    wait([this] { return m_timeline.isLoaded() && areSendersKnown(); }, kNamesPatienceMs,
         [this] {
             m_terminal.print(u"== %1 =="_s.arg(m_title));
             m_oldestKey.clear();
             const int oldest = qMin(kRowsShown, m_timeline.count()) - 1;
             printRows(0, oldest);
             rememberOldest(oldest);
             m_live = true;
             m_timeline.markAllRead();
             updatePrompt();
             done();
         });
}

void ChatShell::openNew(const QString &handle)
{
    QString wanted = handle.toCaseFolded();
    if (wanted.startsWith(u'@'))
        wanted.remove(0, 1);
    if (wanted.isEmpty()) {
        complain(u"/new needs a handle"_s);
        done();
        return;
    }
    whenDone(m_client.searchUsers(wanted), [this, wanted](const Result<QList<User>> &users) {
        if (!users) {
            complain(printable(users.error().message, 0));
            done();
            return;
        }
        const auto user =
            std::find_if(users->begin(), users->end(), [&](const User &found) { return found.handle == wanted; });
        if (user == users->end()) {
            complain(u"There is nobody with the handle %1."_s.arg(printableLine(wanted, kNameLength)));
            done();
            return;
        }
        whenDone(m_client.createDirect(user->id),
                 [this, name = user->displayName](const Result<Conversation> &conversation) {
                     if (!conversation) {
                         complain(printable(conversation.error().message, 0));
                         done();
                         return;
                     }
                     openConversation(conversation->id, printableLine(name, kNameLength));
                 });
    });
}

void ChatShell::loadOlder()
{
    if (m_timeline.conversationId().isNull()) {
        complain(u"Open a conversation first: /open N"_s);
        done();
        return;
    }
    if (m_timeline.rowOf(m_oldestKey) + 1 < m_timeline.count()) {
        printEarlier();
        done();
        return;
    }
    if (m_timeline.isAtOldest()) {
        m_terminal.print(u"This is the beginning."_s);
        done();
        return;
    }
    m_live = false;
    m_timeline.loadOlder();
    const auto arrived = [this] {
        const QVariantMap oldest = m_timeline.get(m_timeline.count() - 1);
        return !m_timeline.isLoading() && !oldest.value(u"holeLoading"_s).toBool();
    };
    wait(arrived, kPatienceMs, [this] {
        m_live = true;
        printEarlier();
        done();
    });
}

/// Prints the rows before the oldest printed one.
void ChatShell::printEarlier()
{
    const int first = m_timeline.rowOf(m_oldestKey) + 1;
    const int last = qMin(first + kRowsShown, m_timeline.count()) - 1;
    m_day.clear();
    m_terminal.print(u"-- earlier --"_s);
    printRows(first, last);
    m_terminal.print(u"-- end of the earlier ones --"_s);
    rememberOldest(last);
}

void ChatShell::rememberOldest(int row)
{
    // A hole is no place to go on from: it moves as it is filled.
    while (row > 0 && m_timeline.get(row).value(u"isHole"_s).toBool())
        --row;
    if (row >= 0)
        m_oldestKey = m_timeline.get(row).value(u"key"_s).toString();
}

void ChatShell::send(const QString &text)
{
    if (m_timeline.conversationId().isNull()) {
        complain(u"Open a conversation first: /open N, or /new HANDLE"_s);
        done();
        return;
    }
    m_timeline.jumpToNewest();
    whenDone(m_client.sendMessage(m_timeline.conversationId(), text), [this](const Result<ClientId> &queued) {
        if (!queued)
            complain(u"Not sent: %1"_s.arg(printable(queued.error().message, 0)));
        done();
    });
}

/// Ends once everything is sent, or says what waits.
void ChatShell::quit()
{
    m_busy = true;
    const auto waiting = [this] {
        int count = 0;
        for (int row = 0; row < m_conversations.count(); ++row)
            count += m_conversations.get(row).value(u"pendingCount"_s).toInt();
        return count;
    };
    const int patience = m_client.state() == Client::State::Offline ? 0 : kPatienceMs;
    wait([waiting] { return waiting() == 0; }, patience,
         [this, waiting] {
             if (const int count = waiting(); count > 0)
                 m_terminal.print(u"%1 not sent yet; the next start sends what waits."_s.arg(count));
             Q_EMIT finished(0);
         });
}

void ChatShell::printRows(int newest, int oldest)
{
    for (int row = oldest; row >= newest; --row)
        printRow(row);
}

void ChatShell::printRow(int row)
{
    const QVariantMap message = m_timeline.get(row);
    if (message.value(u"isHole"_s).toBool()) {
        m_terminal.print(u"   (messages that are not on this machine yet; /older fetches them)"_s);
        return;
    }
    const QDateTime time = message.value(u"createdAt"_s).toDateTime();
    const QString day = QLocale().toString(time.date(), QLocale::LongFormat);
    if (day != m_day)
        m_terminal.print(u"--- %1 ---"_s.arg(day));
    m_day = day;
    const bool own = message.value(u"isOwn"_s).toBool();
    const QString sender = own ? u"You"_s : printableLine(message.value(u"senderName"_s).toString(), kNameLength);
    QString text = printable(message.value(u"text"_s).toString(), 8);
    if (message.value(u"deleted"_s).toBool())
        text = u"(deleted)"_s;
    else if (message.value(u"edited"_s).toBool())
        text += u" (edited)"_s;
    if (message.value(u"state"_s).toString() == "Failed"_L1)
        text += u" (not sent: %1)"_s.arg(printable(message.value(u"errorText"_s).toString(), 8));
    m_terminal.print(u"%1 %2: %3"_s.arg(QLocale().toString(time.time(), QLocale::ShortFormat), sender, text));
}

/// Prints what is newer than everything printed; what fills holes is for /older.
void ChatShell::printInserted(int first, int last)
{
    if (!m_live)
        return;
    const bool newest = first == 0 || m_timeline.get(first - 1).value(u"state"_s).toString() == "Pending"_L1;
    if (!newest)
        return;
    printRows(first, last);
    if (m_oldestKey.isEmpty())
        rememberOldest(last);
    m_timeline.markAllRead();
}

void ChatShell::printChanged(int row, const QList<int> &roles)
{
    const QVariantMap message = m_timeline.get(row);
    const bool failed = roles.contains(int(Role::State)) && message.value(u"state"_s).toString() == "Failed"_L1;
    const bool rewritten = roles.contains(int(Role::Text)) || roles.contains(int(Role::Deleted));
    if (m_live && (failed || (rewritten && !message.value(u"isHole"_s).toBool())))
        printRow(row);
}

void ChatShell::printState()
{
    QString text;
    switch (m_client.state()) {
    case Client::State::Online:
        text = u"-- online --"_s;
        break;
    case Client::State::Offline:
        text = u"-- offline; what you write waits --"_s;
        break;
    case Client::State::SessionOver:
        if (!m_password.isEmpty()) // signs in again by itself
            return;
        text = u"-- signed out elsewhere; start again to sign in --"_s;
        break;
    default:
        return;
    }
    if (!m_conversations.client() || std::exchange(m_lastState, text) == text)
        return;
    m_terminal.print(text);
}

/// Tells of a message in a conversation that is not open.
void ChatShell::printNews(const Message &message)
{
    if (message.conversationId == m_timeline.conversationId())
        return;
    const QString id = message.conversationId.toString();
    m_terminal.print(u"* new in %1: %2"_s.arg(listedTitle(id), printableLine(message.content.text, kPreviewLength)));
}

QString ChatShell::listedTitle(const QString &conversationId) const
{
    return printableLine(m_conversations.find(conversationId).value(u"title"_s).toString(), kNameLength);
}

void ChatShell::updatePrompt()
{
    m_terminal.setPrompt(m_title.isEmpty() ? u"> "_s : m_title + u"> "_s);
}

void ChatShell::complain(const QString &text)
{
    m_terminal.print(u"! "_s + text);
}

void ChatShell::wait(std::function<bool()> condition, int timeoutMs, Continuation then)
{
    m_condition = std::move(condition);
    m_then = std::move(then);
    m_timeout.start(timeoutMs);
    check();
}

void ChatShell::check()
{
    if (!m_condition || !m_condition())
        return;
    m_timeout.stop();
    m_condition = nullptr;
    std::exchange(m_then, nullptr)();
}

template<typename T, typename Function>
void ChatShell::whenDone(const QFuture<Result<T>> &future, Function function)
{
    client::whenDone(future, this, std::move(function));
}
