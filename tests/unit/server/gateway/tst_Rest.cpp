// SPDX-License-Identifier: MIT
#include "server/gateway/http/ProblemDetails.h"
#include "server/gateway/http/RouteTable.h"
#include "server/gateway/http/TextParameters.h"
#include "tests/support/TestClass.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

using namespace confab;
using namespace confab::server;
using namespace Qt::StringLiterals;

/// How HTTP's texts become an operation and its parameters, and errors become answers.
class tst_Rest : public QObject
{
    Q_OBJECT

private:
    template<typename Op>
    static void add(Router &router)
    {
        router.handle<Op>([](Caller, Op) -> Task<typename Op::Reply> { co_return typename Op::Reply{}; });
    }

    template<typename Op>
    static Result<Op> decode(const QList<TextParameter> &path, const QByteArray &query, const QByteArray &body)
    {
        const Result<QByteArray> merged = mergeParameters(WirePlan::of<Op>(), path, splitQuery(query), body);
        if (!merged)
            return merged.error();
        return decodeCbor<Op>(*merged, Strictness::Request);
    }

    Router m_router;
    const QByteArray m_id = "01890000-0000-7000-8000-0000000000aa";

private Q_SLOTS:
    void initTestCase()
    {
        AllOperations::forEach([this]<typename Op>() {
            if constexpr (Op::kInfo.method != HttpMethod::None)
                add<Op>(m_router);
        });
    }

    void percentSignsStandBeforeTwoHexadecimalDigits()
    {
        QCOMPARE(decode<SearchUsers>({}, "query=%C3%a4", {})->query, u"ä"_s);
        // A plus is a space, which QByteArray::toInt() takes for nothing, like NUL.
        for (const QByteArray &query : {"query=%5+"_ba, "query=%5%20"_ba, "query=%+5"_ba, "query=%0x"_ba, "query=%5"_ba,
                                        "query=%"_ba, QByteArray("query=%5\0", 9)}) {
            const Result<SearchUsers> refused = decode<SearchUsers>({}, query, {});
            QVERIFY2(!refused, query.constData());
            QCOMPARE(refused.error().field, u"query"_s);
        }
    }

    void findsTheOperation_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArrayList>("query");
        QTest::addColumn<QByteArray>("operation");
        QTest::addColumn<QByteArrayList>("allowed");
        using Names = QByteArrayList;
        QTest::newRow("plain") << QByteArray("GET") << QByteArray("/v1/server") << Names{} << QByteArray("server.info")
                               << Names{"GET", "HEAD"};
        QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray("/v1/server") << Names{} << QByteArray("server.info")
                              << Names{"GET", "HEAD"};
        QTest::newRow("field") << QByteArray("GET") << QByteArray("/v1/users/x") << Names{} << QByteArray("user.get")
                               << Names{"GET", "HEAD"};
        QTest::newRow("ids") << QByteArray("GET") << QByteArray("/v1/users") << Names{"ids"}
                             << QByteArray("user.getMany") << Names{"GET", "HEAD"};
        QTest::newRow("query") << QByteArray("GET") << QByteArray("/v1/users") << Names{"limit", "query"}
                               << QByteArray("user.search") << Names{"GET", "HEAD"};
        QTest::newRow("neither") << QByteArray("GET") << QByteArray("/v1/users") << Names{} << QByteArray()
                                 << Names{"GET", "HEAD"};
        QTest::newRow("me") << QByteArray("PATCH") << QByteArray("/v1/users/me") << Names{} << QByteArray("user.update")
                            << Names{"GET", "PATCH", "HEAD"};
        QTest::newRow("me is nobody's id") << QByteArray("GET") << QByteArray("/v1/users/me") << Names{}
                                           << QByteArray("user.me") << Names{"GET", "PATCH", "HEAD"};
        QTest::newRow("two fields") << QByteArray("DELETE") << QByteArray("/v1/conversations/c/members/u") << Names{}
                                    << QByteArray("member.remove") << Names{"DELETE"};
        QTest::newRow("other method") << QByteArray("PUT") << QByteArray("/v1/conversations/c/messages") << Names{}
                                      << QByteArray() << Names{"POST", "GET", "HEAD"};
        QTest::newRow("nothing") << QByteArray("GET") << QByteArray("/v1/nothing") << Names{} << QByteArray()
                                 << Names{};
        QTest::newRow("empty field") << QByteArray("GET") << QByteArray("/v1/conversations/") << Names{} << QByteArray()
                                     << Names{};
        QTest::newRow("trailing slash") << QByteArray("GET") << QByteArray("/v1/server/") << Names{} << QByteArray()
                                        << Names{};
    }

    void findsTheOperation()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QByteArrayList, query);
        QFETCH(QByteArray, operation);
        QFETCH(QByteArrayList, allowed);
        const RouteTable table(m_router);
        const RouteTable::Match match = table.match(method, path, query);
        QCOMPARE(match.route ? QByteArray(match.route->info->name) : QByteArray(), operation);
        QCOMPARE(match.allowed, allowed);
    }

    void reachesEveryOperation()
    {
        const RouteTable table(m_router);
        AllOperations::forEach([&]<typename Op>() {
            if (Op::kInfo.method == HttpMethod::None)
                return;
            const char *names[] = {"", "GET", "POST", "PUT", "PATCH", "DELETE"};
            const QByteArray path(Op::kInfo.path);
            const qsizetype mark = path.indexOf('?');
            const QByteArrayList query = mark < 0 ? QByteArrayList() : QByteArrayList{path.mid(mark + 1)};
            const RouteTable::Match match =
                table.match(names[static_cast<int>(Op::kInfo.method)], mark < 0 ? path : path.left(mark), query);
            QVERIFY2(match.route, Op::kInfo.name);
            QCOMPARE(QByteArray(match.route->info->name), QByteArray(Op::kInfo.name));
        });
    }

    void takesFieldsFromThePath()
    {
        const RouteTable table(m_router);
        const RouteTable::Match match = table.match("DELETE", "/v1/conversations/c%20d/members/u", {});
        const QList<RouteTable::PathParameter> expected{{"conversationId", "c%20d"}, {"userId", "u"}};
        QCOMPARE(match.parameters, expected);
    }

    void convertsTextsByTheFieldsType()
    {
        const Result<GetHistory> history =
            decode<GetHistory>({{"conversationId", m_id}}, "before=12&limit=-3&unknown=1", {});
        QVERIFY(history);
        QCOMPARE(history->conversationId.toString().toLatin1(), m_id);
        QCOMPARE(history->before, std::optional<qint64>(12));
        QCOMPARE(history->limit, std::optional<qint64>(-3));
        QCOMPARE(history->after, std::optional<qint64>());

        const Result<GetUsers> users = decode<GetUsers>({}, "ids=" + m_id + "," + m_id, {});
        QVERIFY(users);
        QCOMPARE(users->ids.size(), 2);
        const Result<GetUsers> nobody = decode<GetUsers>({}, "ids=", {});
        QVERIFY(nobody);
        QVERIFY(nobody->ids.isEmpty());

        const Result<SearchUsers> search = decode<SearchUsers>({}, "query=a+b%2Bc%E2%82%AC%26", {});
        QVERIFY(search);
        QCOMPARE(search->query, u"a b+c€&"_s);

        const Result<CreateConversation> conversation = decode<CreateConversation>(
            {}, "hideHistory=true&kind=group&memberIds=", "{\"clientId\":\"" + m_id + "\",\"title\":\"T\"}");
        QVERIFY(conversation);
        QCOMPARE(conversation->hideHistory, std::optional<bool>(true));
        QCOMPARE(conversation->kind, Conversation::Kind::Group);
        QCOMPARE(conversation->title, std::optional<QString>(u"T"_s));
    }

    void keepsTheThreeStatesOfAPatch()
    {
        using State = Patch<QString>::State;
        QCOMPARE(decode<UpdateUser>({}, {}, "{}")->displayName.state, State::Keep);
        QCOMPARE(decode<UpdateUser>({}, {}, "{\"displayName\":null}")->displayName.state, State::Clear);
        QCOMPARE(decode<UpdateUser>({}, {}, "{\"displayName\":\"x\"}")->displayName.value, u"x"_s);
        QCOMPARE(decode<UpdateConversation>({{"conversationId", m_id}}, {}, "{\"title\":null}")->title.state,
                 State::Clear);
    }

    void refusesParametersThatAreWrong_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("field");
        QTest::newRow("no number") << QByteArray("limit=ten") << QByteArray() << u"limit"_s;
        QTest::newRow("a fraction") << QByteArray("limit=1.5") << QByteArray() << u"limit"_s;
        QTest::newRow("a space") << QByteArray("limit=+5") << QByteArray() << u"limit"_s;
        QTest::newRow("too large a number") << QByteArray("limit=99999999999999999999") << QByteArray() << u"limit"_s;
        QTest::newRow("empty number") << QByteArray("limit=") << QByteArray() << u"limit"_s;
        QTest::newRow("twice") << QByteArray("limit=1&limit=2") << QByteArray() << u"limit"_s;
        QTest::newRow("query and body") << QByteArray("limit=1") << QByteArray("{\"limit\":2}") << u"limit"_s;
        QTest::newRow("path and body") << QByteArray() << "{\"conversationId\":\"" + m_id + "\"}"
                                       << u"conversationId"_s;
        QTest::newRow("half an escape") << QByteArray("limit=%4") << QByteArray() << u"limit"_s;
        QTest::newRow("no UTF-8") << QByteArray("limit=%ff") << QByteArray() << u"limit"_s;
        QTest::newRow("no JSON") << QByteArray() << QByteArray("{limit}") << QString();
        QTest::newRow("no object") << QByteArray() << QByteArray("[1]") << QString();
        QTest::newRow("wrong type in the body") << QByteArray() << QByteArray("{\"limit\":\"1\"}") << u"limit"_s;
        QTest::newRow("lone surrogate") << QByteArray() << QByteArray("{\"x\":\"\\ud800\"}") << u"x"_s;
    }

    void refusesParametersThatAreWrong()
    {
        QFETCH(QByteArray, query);
        QFETCH(QByteArray, body);
        QFETCH(QString, field);
        const Result<GetHistory> history = decode<GetHistory>({{"conversationId", m_id}}, query, body);
        QVERIFY(!history);
        QCOMPARE(history.error().code, ErrorCode::InvalidArgument);
        QCOMPARE(history.error().field, field);
    }

    void refusesAnIdThatIsNone()
    {
        const Result<GetUser> user = decode<GetUser>({{"userId", "42"}}, {}, {});
        QVERIFY(!user);
        QCOMPARE(user.error().field, u"userId"_s);
    }

    /// Case H1.
    void refusesNulInAPath()
    {
        const Result<SearchUsers> search = decode<SearchUsers>({}, "query=a%00b", {});
        QVERIFY(!search);
        QCOMPARE(search.error().field, u"query"_s);
    }

    void describesErrorsAsProblems()
    {
        Error error = Error::rateLimited(u"Slow down."_s, 1500);
        error.field = u"text"_s;
        const HttpAnswer answer = problemAnswer(error);
        QCOMPARE(answer.status, 429);
        QCOMPARE(answer.contentType, "application/problem+json");
        QVERIFY(answer.fields.contains(HttpField("Retry-After", "2")));
        const QJsonObject problem = QJsonDocument::fromJson(answer.body).object();
        const QJsonObject expected{
            {u"title"_s, u"Too Many Requests"_s}, {u"status"_s, 429},      {u"code"_s, u"rateLimited"_s},
            {u"detail"_s, u"Slow down."_s},       {u"field"_s, u"text"_s}, {u"retryAfterMs"_s, 1500}};
        QCOMPARE(problem, expected);
        QVERIFY(problemAnswer(Error::unauthenticated({})).fields.contains(HttpField("WWW-Authenticate", "Bearer")));
    }

    void givesEveryErrorItsStatus()
    {
        for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
            Error error;
            error.code = static_cast<ErrorCode>(code);
            QCOMPARE(problemAnswer(error).status, errorTraits(error.code).httpStatus);
        }
        QVERIFY(problemAnswer(431, {}).body.contains("tooLarge"));
        QVERIFY(problemAnswer(405, {}).body.contains("invalidArgument"));
        QVERIFY(problemAnswer(408, {}).body.contains("unavailable"));
    }
};

CONFAB_TEST_CLASS(tst_Rest)
#include "tst_Rest.moc"
