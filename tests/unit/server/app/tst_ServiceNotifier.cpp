// SPDX-License-Identifier: MIT
#include "server/app/ServiceNotifier.h"
#include "tests/support/NotifySocket.h"
#include "tests/support/TestClass.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>

using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

class tst_ServiceNotifier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhoeverListens_data()
    {
        QTest::addColumn<QByteArray>("socket");
        QTest::newRow("a path") << QFile::encodeName(m_folder.filePath(u"notify"_s));
        QTest::newRow("an abstract name") << "@confab-test-" + QByteArray::number(QCoreApplication::applicationPid());
    }
    void tellsWhoeverListens()
    {
        QFETCH(QByteArray, socket);
        NotifySocket manager(socket);
        QVERIFY(manager.isOpen());
        const ServiceNotifier notifier(socket);
        notifier.ready();
        QCOMPARE(manager.next(), "READY=1");
        notifier.stopping();
        QCOMPARE(manager.next(), "STOPPING=1");
    }

    /// The server runs on where nobody listens, and one that listens later gets nothing of before.
    void doesNothingWhereNobodyListens()
    {
        const QByteArray late = QFile::encodeName(m_folder.filePath(u"late"_s));
        for (const QByteArray &socket : {QByteArray(), late, QByteArray(500, 'x')})
            ServiceNotifier(socket).ready();
        NotifySocket manager(late);
        QVERIFY(manager.isOpen());
        ServiceNotifier(late).stopping();
        QCOMPARE(manager.next(), "STOPPING=1");
    }

private:
    QTemporaryDir m_folder;
};

CONFAB_TEST_CLASS(tst_ServiceNotifier)
#include "tst_ServiceNotifier.moc"
