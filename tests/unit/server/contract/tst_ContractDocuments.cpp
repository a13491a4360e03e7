// SPDX-License-Identifier: MIT
#include "server/gateway/contract/ContractDocuments.h"
#include "server/gateway/contract/DocComments.h"
#include "server/gateway/contract/Examples.h"
#include "tests/support/TestClass.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

namespace {

/// The names of all operations that an OpenAPI document holds.
QStringList restOperations(const QByteArray &document)
{
    QStringList names;
    const QJsonObject paths = QJsonDocument::fromJson(document)["paths"_L1].toObject();
    for (const QJsonValue &methods : paths) {
        const QJsonObject byMethod = methods.toObject();
        for (const QJsonValue &operation : byMethod) {
            for (const QJsonValue &name : operation["x-operations"_L1].toArray())
                names.append(name.toString());
        }
    }
    names.sort();
    return names;
}

} // namespace

/// The documents hold all of the contract, and nothing in it goes without words. Examples and the documents in docs/
/// are checked in tests/interop, against the server.
class tst_ContractDocuments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyOperationAndEventHasWords()
    {
        const DocComments comments = DocComments::ofContract();
        QStringList silent;
        for (const ContractOperation &operation : contractOperations()) {
            for (const QByteArray &type : {operation.parameters.name, operation.reply.name}) {
                if (comments.of(type).isEmpty())
                    silent.append(QString::fromLatin1(type));
            }
        }
        for (const ContractEvent &event : contractEvents()) {
            if (comments.of(event.data.name).isEmpty())
                silent.append(QString::fromLatin1(event.data.name));
        }
        QVERIFY2(silent.isEmpty(), qPrintable(u"write a /// comment above "_s + silent.join(u", "_s)));
    }

    void holdEveryOperationAndEvent()
    {
        QStringList byRest;
        QStringList bySocket;
        for (const ContractOperation &operation : contractOperations()) {
            const QString name = QString::fromLatin1(operation.info->name);
            if (isForSockets(*operation.info))
                bySocket.append(name);
            if (operation.info->method != HttpMethod::None)
                byRest.append(name);
        }
        for (const ContractEvent &event : contractEvents())
            bySocket.append(u"event."_s + QString::fromLatin1(event.name));
        byRest.sort();
        bySocket.sort();
        QCOMPARE(restOperations(openApiDocument(u"1"_s, {})), byRest);
        const QByteArray async = asyncApiDocument(u"1"_s, {});
        QCOMPARE(QJsonDocument::fromJson(async)["operations"_L1].toObject().keys(), bySocket);
    }

    void nameEveryLimitThatTheyMention()
    {
        static const QRegularExpression unknown(u"\"description\": \"[^\"]*\\{\\w+\\}"_s);
        for (const QByteArray &document : {openApiDocument(u"1"_s, {}), asyncApiDocument(u"1"_s, {})}) {
            const QRegularExpressionMatch match = unknown.match(QString::fromUtf8(document));
            QVERIFY2(!match.hasMatch(), qPrintable(match.captured()));
        }
    }

    void refuseExamplesThatAServerWouldRefuse()
    {
        const auto complaint = [](const QByteArray &json) {
            const Examples examples(json);
            for (const ContractOperation &operation : contractOperations()) {
                if (QLatin1StringView(operation.info->name) == "user.get"_L1) {
                    const Result<Examples::Example> example = examples.of(operation);
                    return example ? QString() : example.error().field;
                }
            }
            return u"no such operation"_s;
        };
        const QByteArray known = "{\"story\":[{\"op\":\"user.get\",\"params\":";
        QCOMPARE(complaint(known + "{}}]}"), u"userId"_s);
        QCOMPARE(complaint(known + "{\"userId\":7}}]}"), u"userId"_s);
        QCOMPARE(complaint(known + "{\"userId\":\"0193c3f0-7a00-7000-8000-0000000000a0\"},\"result\":{}}]}"), u"id"_s);
    }
};

CONFAB_TEST_CLASS(tst_ContractDocuments)
#include "tst_ContractDocuments.moc"
