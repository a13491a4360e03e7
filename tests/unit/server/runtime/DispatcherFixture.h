// SPDX-License-Identifier: MIT
#pragma once

#include "server/runtime/EpollEventDispatcher.h"
#include "shared/core/FunctionThread.h"

#include <QtCore/QThread>
#include <QtTest/QTest>

#include <functional>
#include <memory>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace confab::server::test {

/// Two connected local sockets, closed at the end.
struct Pair
{
    int ours = -1;
    int theirs = -1;

    Pair()
    {
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0) {
            ours = fds[0];
            theirs = fds[1];
        }
    }
    ~Pair()
    {
        closeOurs();
        close(theirs);
    }
    Q_DISABLE_COPY_MOVE(Pair)

    void closeOurs()
    {
        if (ours >= 0)
            close(std::exchange(ours, -1));
    }
    bool makeReadable() const { return send(theirs, "x", 1, 0) == 1; }
    bool drain() const
    {
        char byte = 0;
        return recv(ours, &byte, 1, 0) == 1;
    }
};

/// Runs a test's body in a thread of its own on our dispatcher and waits for it.
inline void onDispatcher(const std::function<void(EpollEventDispatcher &)> &body)
{
    const auto thread = std::make_unique<FunctionThread>([&body] {
        auto *dispatcher = qobject_cast<EpollEventDispatcher *>(QAbstractEventDispatcher::instance());
        QVERIFY(dispatcher);
        body(*dispatcher);
    });
    thread->setEventDispatcher(new EpollEventDispatcher);
    thread->start();
    thread->wait();
}

/// Runs turns that do not block until nothing is left to do.
inline void settle(EpollEventDispatcher &dispatcher)
{
    while (dispatcher.processEvents(QEventLoop::AllEvents)) {
    }
}

} // namespace confab::server::test
