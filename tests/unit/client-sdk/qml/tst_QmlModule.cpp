// SPDX-License-Identifier: MIT
#include "client-sdk/src/qml/ModelElements.h"
#include "client-sdk/src/qml/ValueTypes.h"
#include "tests/support/TestClass.h"
#include <Confab/Action.h>

#include <QtCore/QMetaProperty>
#include <QtCore/QTemporaryDir>
#include <QtQml/QQmlComponent>
#include <QtQml/QQmlEngine>
#include <QtQml/QQmlExtensionPlugin>

Q_IMPORT_QML_PLUGIN(ConfabPlugin)

using namespace confab;
using namespace confab::client;
using namespace Qt::StringLiterals;

namespace {

template<typename AnyId>
AnyId idOf(int number)
{
    return AnyId(QUuid(0x018bcfe5, 0x687b, 0x7abc, 0x8a, 0xbc, 0, 0, 0, 0, 7, static_cast<uchar>(number)));
}

/// Gives every field a value of its own, so that a field read as another's or as nothing is noticed.
class Filler
{
public:
    QVariant make(QMetaType type)
    {
        const int number = ++m_count;
        if (type == QMetaType::fromType<qint64>())
            return QVariant::fromValue(qint64(1'700'000'000'000 + number));
        if (type == QMetaType::fromType<bool>())
            return true;
        if (type == QMetaType::fromType<QString>())
            return u"text %1 Grüße"_s.arg(number);
        if (type == QMetaType::fromType<QStringList>())
            return QStringList{u"one %1"_s.arg(number), u"two"_s};
        if (type == QMetaType::fromType<UserId>())
            return QVariant::fromValue(idOf<UserId>(number));
        if (type == QMetaType::fromType<SessionId>())
            return QVariant::fromValue(idOf<SessionId>(number));
        if (type == QMetaType::fromType<ConversationId>())
            return QVariant::fromValue(idOf<ConversationId>(number));
        if (type == QMetaType::fromType<ClientId>())
            return QVariant::fromValue(idOf<ClientId>(number));
        if (type == QMetaType::fromType<QList<UserId>>())
            return QVariant::fromValue(QList<UserId>{idOf<UserId>(number), idOf<UserId>(200)});
        if (type == QMetaType::fromType<QList<ConversationId>>())
            return QVariant::fromValue(QList<ConversationId>{idOf<ConversationId>(number)});
        if (type == QMetaType::fromType<QList<ConversationEntry>>())
            return QVariant::fromValue(QList<ConversationEntry>{gadget<ConversationEntry>()});
        if (type == QMetaType::fromType<QList<Receipt>>())
            return QVariant::fromValue(QList<Receipt>{gadget<Receipt>()});
        if (type == QMetaType::fromType<std::optional<Message>>())
            return QVariant::fromValue(std::optional<Message>(gadget<Message>()));
        if (type == QMetaType::fromType<QList<Presence>>())
            return QVariant::fromValue(QList<Presence>{gadget<Presence>()});
        QVariant value(type);
        if (type.flags() & QMetaType::IsEnumeration)
            *static_cast<int *>(value.data()) = 2;
        else if (type.metaObject())
            fill(*type.metaObject(), value.data());
        else
            return {};
        return value;
    }

    template<typename T>
    T gadget()
    {
        T value;
        fill(T::staticMetaObject, &value);
        return value;
    }

private:
    void fill(const QMetaObject &meta, void *gadget)
    {
        for (int i = 0; i < meta.propertyCount(); ++i) {
            const QMetaProperty property = meta.property(i);
            const QVariant value = make(property.metaType());
            QVERIFY2(value.isValid() && property.writeOnGadget(gadget, value), property.name());
        }
    }

    int m_count = 0;
};

} // namespace

class tst_QmlModule : public QObject
{
    Q_OBJECT

    QQmlEngine m_engine;
    int m_compared = 0;

    QObject *create(const QByteArray &qml)
    {
        QQmlComponent component(&m_engine);
        component.setData(qml, QUrl(u"qrc:/test.qml"_s));
        QObject *object = component.create();
        if (!object)
            qWarning("%s", qPrintable(component.errorString()));
        return object;
    }

    /// Compares a value as QML has it with the same value in C++, field by field.
    void compare(const QJSValue &js, const QVariant &expected, const QByteArray &path)
    {
        ++m_compared;
        const QMetaType type = expected.metaType();
        if (type == QMetaType::fromType<qint64>()) {
            QVERIFY2(js.isNumber(), path);
            QCOMPARE(static_cast<qint64>(js.toNumber()), expected.toLongLong());
        } else if (type == QMetaType::fromType<bool>()) {
            QVERIFY2(js.isBool(), path);
            QCOMPARE(js.toBool(), expected.toBool());
        } else if (type == QMetaType::fromType<QString>()) {
            QVERIFY2(js.isString(), path);
            QCOMPARE(js.toString(), expected.toString());
        } else if (type.flags() & QMetaType::IsEnumeration) {
            QVERIFY2(js.isNumber(), path);
            QCOMPARE(js.toInt(), *static_cast<const int *>(expected.constData()));
        } else if (type == QMetaType::fromType<QStringList>()) {
            compareList<QString>(js, expected, path);
        } else if (type == QMetaType::fromType<QList<UserId>>()) {
            compareList<UserId>(js, expected, path);
        } else if (type == QMetaType::fromType<QList<ConversationId>>()) {
            compareList<ConversationId>(js, expected, path);
        } else if (type == QMetaType::fromType<QList<ConversationEntry>>()) {
            compareList<ConversationEntry>(js, expected, path);
        } else if (type == QMetaType::fromType<QList<Receipt>>()) {
            compareList<Receipt>(js, expected, path);
        } else if (type == QMetaType::fromType<QList<Presence>>()) {
            compareList<Presence>(js, expected, path);
        } else if (type == QMetaType::fromType<std::optional<Message>>()) {
            compare(js, QVariant::fromValue(*expected.value<std::optional<Message>>()), path);
        } else if (const QMetaObject *meta = type.metaObject()) {
            for (int i = 0; i < meta->propertyCount(); ++i) {
                const QMetaProperty property = meta->property(i);
                compare(js.property(QString::fromLatin1(property.name())), property.readOnGadget(expected.constData()),
                        path + '.' + property.name());
            }
        } else { // an id
            QVERIFY2(!expected.toString().isEmpty(), path);
            QJSValue text = m_engine.evaluate(u"(value => String(value))"_s).call({js});
            QVERIFY2(text.toString() == expected.toString(), path + ": " + text.toString().toUtf8());
        }
    }
    template<typename T>
    void compareList(const QJSValue &js, const QVariant &expected, const QByteArray &path)
    {
        const auto list = expected.value<QList<T>>();
        QCOMPARE(js.property(u"length"_s).toInt(), int(list.size()));
        for (int i = 0; i < list.size(); ++i)
            compare(js.property(i), QVariant::fromValue(list.at(i)), path + '[' + QByteArray::number(i) + ']');
    }

    template<typename T>
    void readsEveryField()
    {
        Filler filler;
        const T value = filler.gadget<T>();
        QVERIFY(T::staticMetaObject.propertyCount() > 0);
        const std::unique_ptr<QObject> holder(create("import QtQml\nimport Confab\nQtObject { property var value }"));
        QVERIFY(holder);
        holder->setProperty("value", QVariant::fromValue(value));
        const QJSValue js = m_engine.newQObject(holder.get()).property(u"value"_s);
        QJSEngine::setObjectOwnership(holder.get(), QJSEngine::CppOwnership);
        compare(js, QVariant::fromValue(value), T::staticMetaObject.className());
    }

private Q_SLOTS:
    void initTestCase() { m_engine.addImportPath(u"qrc:/qt/qml"_s); }

    void everyFieldOfEveryValueTypeIsRead()
    {
        readsEveryField<User>();
        readsEveryField<Session>();
        readsEveryField<Conversation>();
        readsEveryField<Member>();
        readsEveryField<MessageContent>();
        readsEveryField<Message>();
        readsEveryField<Membership>();
        readsEveryField<ConversationEntry>();
        readsEveryField<Receipt>();
        readsEveryField<Receipts>();
        readsEveryField<Typing>();
        readsEveryField<Presence>();
        readsEveryField<PresenceChanges>();
        readsEveryField<OwnPresence>();
        readsEveryField<AccountChange>();
        readsEveryField<Cursor>();
        readsEveryField<Hole>();
        readsEveryField<ProfileVersion>();
        readsEveryField<Limits>();
        readsEveryField<ServerInfo>();
        QVERIFY(m_compared > 150);
    }

    void anAbsentOptionalIsUndefined()
    {
        const QJSValue js = m_engine.toScriptValue(ConversationEntry{});
        QVERIFY(js.property(u"lastMessage"_s).isUndefined());
    }

    void enumeratorsHaveNames()
    {
        const std::unique_ptr<QObject> object(
            create("import QtQml\nimport Confab\nQtObject {\n"
                   "property int group: Conversation.Kind.Group\nproperty int owner: Member.Role.Owner\n"
                   "property int closed: ServerInfo.Registration.Closed\n"
                   "property int away: Presence.State.Away\n"
                   "property int file: Client.SecretPolicy.PlainFile }"));
        QVERIFY(object);
        QCOMPARE(object->property("group").toInt(), int(Conversation::Kind::Group));
        QCOMPARE(object->property("owner").toInt(), int(Member::Role::Owner));
        QCOMPARE(object->property("closed").toInt(), int(ServerInfo::Registration::Closed));
        QCOMPARE(object->property("away").toInt(), int(Presence::State::Away));
        QCOMPARE(object->property("file").toInt(), int(ClientElement::SecretPolicy::PlainFile));
    }

    void valuesAreTypesOfProperties()
    {
        const std::unique_ptr<QObject> object(create("import QtQml\nimport Confab\nQtObject { property user someone\n"
                                                     "readonly property string name: someone.displayName }"));
        QVERIFY(object);
        User user;
        user.displayName = u"Grace"_s;
        object->setProperty("someone", QVariant::fromValue(user));
        QCOMPARE(object->property("name").toString(), u"Grace"_s);
    }

    void modelsFollowTheirClient()
    {
        QTemporaryDir folder;
        const std::unique_ptr<QObject> object(
            create(QByteArray("import QtQml\n"
                              "import Confab\n"
                              "QtObject {\n"
                              "property Client chat: Client {\n"
                              "secretPolicy: Client.SessionOnly\n"
                              "serverUrl: 'http://127.0.0.1:1'\n"
                              "profile: 'PROFILE'\n"
                              "}\n"
                              "property ConversationListModel conversations: ConversationListModel { client: chat }\n"
                              "property TimelineModel timeline: TimelineModel { client: chat }\n"
                              "property MemberListModel members: MemberListModel { client: chat }\n"
                              "property UserSearchModel search: UserSearchModel { client: chat }\n"
                              "property SessionListModel sessions: SessionListModel { client: chat }\n"
                              "property PersonPresence presence: PersonPresence {\n"
                              "client: chat\n"
                              "userId: '018bcfe5-687b-7abc-8abc-000000000007'\n"
                              "}\n"
                              "property ownPresence own: chat.ownPresence\n"
                              "property Action setting: chat.setStatus('hello', new Date())\n"
                              "property Action sending: timeline.send('hello')\n"
                              "}\n")
                       .replace("PROFILE", folder.path().toUtf8())));
        QVERIFY(object);
        const auto *element = object->property("chat").value<ClientElement *>();
        QVERIFY(element->client());
        QCOMPARE(object->property("conversations").value<ConversationListModel *>()->client(), element->client());
        QCOMPARE(object->property("timeline").value<TimelineModel *>()->client(), element->client());
        QCOMPARE(object->property("members").value<MemberListModel *>()->client(), element->client());
        QCOMPARE(object->property("search").value<UserSearchModel *>()->client(), element->client());
        QCOMPARE(object->property("sessions").value<SessionListModel *>()->client(), element->client());
        const auto *presence = object->property("presence").value<PersonPresence *>();
        QCOMPARE(presence->client(), element->client());
        QCOMPARE(presence->userIdText(), u"018bcfe5-687b-7abc-8abc-000000000007"_s);
        QCOMPARE(presence->property("state").toString(), u"unknown"_s);
        const auto *setting = object->property("setting").value<Action *>();
        QTRY_VERIFY(!setting->isRunning());
        QCOMPARE(setting->error().code, ErrorCode::Unavailable);
        const auto *action = object->property("sending").value<Action *>();
        QVERIFY(action && !action->isRunning());
        QVERIFY(!action->errorMessage().isEmpty());
    }

    void aRunningActionOutlivesGarbageCollection()
    {
        QTemporaryDir folder;
        const std::unique_ptr<QObject> object(create(
            QByteArray(
                "import QtQml\n"
                "import Confab\n"
                "QtObject {\n"
                "property string told\n"
                "property Client chat: Client {\n"
                "secretPolicy: Client.SessionOnly\n"
                "profile: 'PROFILE'\n"
                "}\n"
                "function ask() { chat.signIn('ada', 'not the password').failed.connect(() => told = 'failed'); }\n"
                "}\n")
                .replace("PROFILE", folder.path().toUtf8())));
        QVERIFY(object);
        QMetaObject::invokeMethod(object.get(), "ask");
        m_engine.collectGarbage();
        QTRY_COMPARE(object->property("told").toString(), u"failed"_s);
    }
};

CONFAB_TEST_CLASS(tst_QmlModule)
#include "tst_QmlModule.moc"
