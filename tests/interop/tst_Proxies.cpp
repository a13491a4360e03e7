// SPDX-License-Identifier: MIT
#include "tests/support/ConfabdProcess.h"
#include "tests/support/FreePort.h"
#include "tests/support/TestClass.h"
#include "tests/support/server/HaProxy.h"
#include "tests/support/system/Person.h"
#include "tests/support/system/RestClient.h"

#include <QtCore/QElapsedTimer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QSignalSpy>

using namespace confab;
using namespace confab::client;
using namespace confab::test;
using namespace Qt::StringLiterals;

namespace {

/// A real proxy with the shipped example, of which only what belongs to a machine is replaced: names, certificates and
/// ports. 60 s are made 3 s.
class Proxy
{
public:
    explicit Proxy(const QString &kind) : m_isNginx(kind == "nginx"_L1) { }
    ~Proxy()
    {
        m_nginx.terminate();
        if (!m_nginx.waitForFinished(10'000))
            m_nginx.kill();
        m_nginx.waitForFinished();
    }

    QUrl url() const { return m_isNginx ? QUrl(u"http://127.0.0.1:%1"_s.arg(m_port)) : m_haproxy.url(); }
    QByteArray output() { return m_isNginx ? m_nginx.readAll() : m_haproxy.output(); }

    bool start(quint16 backend)
    {
        const bool isStarted = m_isNginx ? startNginx(backend) : m_haproxy.start({backend}, {u"--patience"_s, u"3s"_s});
        return isStarted && waitUntil([this] { return RestClient(url()).request("GET", u"/readyz"_s).status == 200; });
    }

private:
    bool startNginx(quint16 backend)
    {
        QFile example(qEnvironmentVariable("CONFAB_SOURCE_DIR") + u"/packaging/proxies/nginx.conf"_s);
        if (!example.open(QIODevice::ReadOnly))
            return false;
        QString text = QString::fromUtf8(example.readAll());
        bool complete = true;
        const auto replace = [&](const QString &what, const QString &by) {
            complete &= text.contains(what);
            text.replace(what, by);
        };
        replace(u"127.0.0.1:8484"_s, u"127.0.0.1:%1"_s.arg(backend));
        replace(u" 60s"_s, u" 3s"_s);
        replace(u"listen 443 ssl http2;"_s, u"listen 127.0.0.1:%1;"_s.arg(m_port));
        replace(u"ssl_certificate /etc/letsencrypt/live/chat.example.org/fullchain.pem;"_s, {});
        replace(u"ssl_certificate_key /etc/letsencrypt/live/chat.example.org/privkey.pem;"_s, {});
        text = u"daemon off; pid nginx.pid; error_log stderr;\nevents {}\nhttp { access_log off;\n"
               "client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; "
               "scgi_temp_path s;\n"_s +
               text + u"\n}\n"_s;
        const QString path = m_directory.filePath(u"proxy.conf"_s);
        QFile configuration(path);
        if (!complete || !configuration.open(QIODevice::WriteOnly) || configuration.write(text.toUtf8()) <= 0)
            return false;
        configuration.close();
        m_nginx.setProcessChannelMode(QProcess::MergedChannels);
        m_nginx.start(u"/usr/sbin/nginx"_s, {u"-p"_s, m_directory.path(), u"-c"_s, path});
        return m_nginx.waitForStarted();
    }

    const bool m_isNginx;
    const quint16 m_port = freePort();
    QTemporaryDir m_directory;
    QProcess m_nginx;
    HaProxy m_haproxy;
};

/// The status of a sign-in as nobody who exists, from this address of the machine; the name, and where it claims to
/// come from, are new each time.
int signInStatus(const QUrl &proxy, const QString &from)
{
    static int attempts = 0;
    const QByteArray attempt = QByteArray::number(++attempts);
    QTcpSocket socket;
    if (!socket.bind(QHostAddress(from)))
        return -1;
    socket.connectToHost(QHostAddress(QHostAddress::LocalHost), static_cast<quint16>(proxy.port()));
    if (!waitUntil([&] { return socket.state() == QAbstractSocket::ConnectedState; }))
        return -1;
    const QByteArray body = R"({"handle":"nobody)" + attempt + R"(","password":"wrong wrong wrong"})";
    socket.write("POST /v1/sessions HTTP/1.1\r\nHost: chat.example.org\r\nConnection: close\r\n"
                 "Content-Type: application/json\r\nX-Forwarded-For: 10.0.0." +
                 attempt + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    QByteArray reply;
    const bool closed = waitUntil([&] {
        reply += socket.readAll();
        return socket.state() == QAbstractSocket::UnconnectedState;
    });
    return closed ? (reply + socket.readAll()).mid(9, 3).toInt() : -1;
}

} // namespace

/// The configurations for reverse proxies that are shipped, each in the real proxy.
class tst_Proxies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anIdleSocketOutlivesTheProxysPatience_data() { kinds(); }
    /// Case Q7.
    void anIdleSocketOutlivesTheProxysPatience()
    {
        QFETCH(QString, kind);
        ConfabdProcess server(behindProxy(u"1"_s));
        QVERIFY(server.start());
        Proxy proxy(kind);
        QVERIFY2(proxy.start(server.port()), proxy.output().constData());
        Person ada(proxy.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        QVERIFY(ada.waitOnline());
        const QSignalSpy left(&ada.client(), &Client::stateChanged);
        QElapsedTimer idle;
        idle.start();
        QVERIFY(waitUntil([&] { return idle.elapsed() > 7'000; })); // more than twice its patience
        QCOMPARE(left.count(), 0);
        QCOMPARE(ada.client().state(), Client::State::Online);
    }

    /// What the test above would see without heartbeats.
    void aSilentSocketDoesNot_data() { kinds(); }
    void aSilentSocketDoesNot()
    {
        QFETCH(QString, kind);
        ConfabdProcess server(behindProxy(u"3600"_s));
        QVERIFY(server.start());
        Proxy proxy(kind);
        QVERIFY2(proxy.start(server.port()), proxy.output().constData());
        Person ada(proxy.url());
        QVERIFY(ada.registerAs(u"ada"_s));
        const QSignalSpy left(&ada.client(), &Client::stateChanged);
        QVERIFY(waitUntil([&] { return left.count() > 0; }));
    }

    void tellsWhoIsBehindIt_data() { kinds(); }
    void tellsWhoIsBehindIt()
    {
        QFETCH(QString, kind);
        ConfabdProcess server(behindProxy(u"20"_s) + QStringList{u"--limits-auth-attempts-per-minute"_s, u"2"_s});
        QVERIFY(server.start());
        Proxy proxy(kind);
        QVERIFY2(proxy.start(server.port()), proxy.output().constData());
        // Attempts are limited by address: of the client, whatever it claims, and not of the proxy.
        QCOMPARE(signInStatus(proxy.url(), u"127.0.0.2"_s), 401);
        QCOMPARE(signInStatus(proxy.url(), u"127.0.0.2"_s), 401);
        QCOMPARE(signInStatus(proxy.url(), u"127.0.0.2"_s), 429);
        QCOMPARE(signInStatus(proxy.url(), u"127.0.0.3"_s), 401);
    }

    void keepsTheMetrics_data() { kinds(); }
    void keepsTheMetrics()
    {
        QFETCH(QString, kind);
        ConfabdProcess server(behindProxy(u"20"_s) + QStringList{u"--metrics-token"_s, QString(64, u'a')});
        QVERIFY(server.start());
        Proxy proxy(kind);
        QVERIFY2(proxy.start(server.port()), proxy.output().constData());
        RestClient direct(server.url());
        RestClient through(proxy.url());
        for (RestClient *rest : {&direct, &through})
            rest->setToken(QString(64, u'a'));
        QCOMPARE(direct.request("GET", u"/metrics"_s).status, 200);
        QCOMPARE(through.request("GET", u"/metrics"_s).status, 404);
    }

private:
    static void kinds()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("nginx") << u"nginx"_s;
        QTest::newRow("HAProxy") << u"haproxy"_s;
    }
    static QStringList behindProxy(const QString &heartbeatSeconds)
    {
        return cheapServer() +
               QStringList{u"--trusted-proxies"_s, u"127.0.0.1/32"_s, u"--heartbeat-seconds"_s, heartbeatSeconds};
    }
};

CONFAB_TEST_CLASS(tst_Proxies)
#include "tst_Proxies.moc"
