// SPDX-License-Identifier: MIT
#include "server/backends/blobs/directory/DirectoryBlobStore.h"
#include "tests/contract/blobs/BlobStoreContract.h"
#include "tests/support/Await.h"
#include "tests/support/TestClass.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <csignal>
#include <sys/resource.h>

using namespace confab;
using namespace confab::server;
using namespace confab::test;
using namespace Qt::StringLiterals;

/// Blobs in a directory under the contract, and what a file system does to it.
class tst_DirectoryBlobStore : public BlobStoreContract
{
    Q_OBJECT

    QTemporaryDir m_directory;
    BoundedPool m_pool{u"blobs"_s, 2, 16};

    QString path() const { return m_directory.filePath(u"media"_s); }
    std::unique_ptr<BlobStore> makeStore() override { return std::make_unique<DirectoryBlobStore>(path(), m_pool); }

private Q_SLOTS:
    void keepsFilesToItsOwner()
    {
        const auto store = makeStore();
        QVERIFY(await(store->put("0190-abcd", "x")));
        const QFileInfo file(path() + u"/ab/cd/0190-abcd"_s);
        QVERIFY(file.exists());
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
                 QFile::Permissions());
        QCOMPARE(QFileInfo(path()).permissions() & (QFile::ExeGroup | QFile::ExeOther), QFile::Permissions());
    }

    void finishesWithoutWhatNobodyAcknowledged()
    {
        const auto store = makeStore();
        const Result<UnfinishedBlob> blob = await(store->append("0190-tail", {}, "acknowledged"));
        QVERIFY(blob);
        QVERIFY(await(store->append("0190-tail", *blob, " and then the server died")));
        QVERIFY(await(store->finish("0190-tail", *blob)));
        QCOMPARE(await(store->read("0190-tail", 0, 100)).value_or("?"), QByteArray("acknowledged"));
    }

    void saysThatThereIsNoRoomAndGoesOn()
    {
        const auto store = makeStore();
        const Result<UnfinishedBlob> blob = await(store->append("0190-full", {}, QByteArray(1000, 'x')));
        QVERIFY(blob);
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit before = {};
        ::getrlimit(RLIMIT_FSIZE, &before);
        const rlimit small{1500, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const Result<UnfinishedBlob> refused = await(store->append("0190-full", *blob, QByteArray(1000, 'y')));
        ::setrlimit(RLIMIT_FSIZE, &before);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::Unavailable);
        const Result<UnfinishedBlob> again = await(store->append("0190-full", *blob, QByteArray(1000, 'z')));
        QVERIFY(again);
        QVERIFY(await(store->finish("0190-full", *again)));
        QCOMPARE(await(store->read("0190-full", 999, 3)).value_or("?"), QByteArray("xzz"));
    }
};

CONFAB_TEST_CLASS(tst_DirectoryBlobStore)
#include "tst_DirectoryBlobStore.moc"
