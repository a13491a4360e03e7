// SPDX-License-Identifier: MIT
#include "shared/protocol/WireType.h"

#include "shared/protocol/Operations.h"

#include <QtCore/QHash>
#include <QtCore/QMetaProperty>

namespace confab {
using namespace Qt::StringLiterals;

namespace {

constexpr int kMaxListItems = 10'000;
constexpr int kMaxSkipDepth = 32;

/// Registers T as it stands, in lists and as an optional, and as text where it is an id (for QML and logs).
template<typename T>
void add(QHash<int, const WireType *> &types)
{
    types.insert(qMetaTypeId<T>(), detail::wireType<T>());
    types.insert(qMetaTypeId<QList<T>>(), detail::wireType<QList<T>>());
    types.insert(qMetaTypeId<std::optional<T>>(), detail::wireType<std::optional<T>>());
    if constexpr (detail::isId<T>) {
        QMetaType::registerConverter<T, QString>([](const T &id) { return id.toString(); });
        QMetaType::registerConverter<QString, T>([](const QString &text) { return T::fromString(text).value_or(T()); });
    }
}

template<typename... Types>
void addAll(QHash<int, const WireType *> &types)
{
    (add<Types>(types), ...);
}

const QHash<int, const WireType *> &registry()
{
    static const QHash<int, const WireType *> types = [] {
        QHash<int, const WireType *> result;
        addAll<bool, qint64, QString, UserId, SessionId, ConversationId, ClientId, GenerationId, InviteId>(result);
        addAll<Conversation::Kind, Member::Role, Presence::State, ServerInfo::Registration>(result);
        addAll<User, Session, Conversation, Member, MessageContent, Message, Membership, ConversationEntry, Cursor,
               Hole, ProfileVersion, Receipt, DeliveredUpTo, Limits, ServerInfo, ConversationChanges, Invite,
               AccountRecord, AuditEntry, Presence, OwnPresence>(result);
        result.insert(qMetaTypeId<Patch<QString>>(), detail::wireType<Patch<QString>>());
        return result;
    }();
    return types;
}

/// Skips one value of any shape, refusing what nests too deep.
bool skip(Decoding &decoding)
{
    if (!decoding.reader.next(kMaxSkipDepth))
        return decoding.fail(u"malformed or too deeply nested"_s);
    return true;
}

bool readKey(Decoding &decoding, QByteArray &key)
{
    if (!decoding.reader.isString())
        return decoding.fail(u"map keys must be text"_s);
    key.clear();
    auto chunk = decoding.reader.readString();
    while (chunk.status == QCborStreamReader::Ok) {
        key += chunk.data.toUtf8();
        if (key.size() > 128)
            return decoding.fail(u"a field's name is too long"_s);
        chunk = decoding.reader.readString();
    }
    if (chunk.status == QCborStreamReader::Error)
        return decoding.fail(u"malformed text"_s);
    return true;
}

} // namespace

bool Decoding::fail(const QString &message)
{
    return fail(Error::invalid(QString(), message));
}

bool Decoding::fail(Error newError)
{
    if (!failed) {
        failed = true;
        error = std::move(newError);
    }
    return false;
}

const WireType *wireTypeOf(QMetaType type)
{
    const WireType *wire = registry().value(type.id(), nullptr);
    if (!wire)
        qFatal("confab: no wire form for type %s", type.name());
    return wire;
}

WirePlan::WirePlan(const QMetaObject &meta) : m_meta(&meta)
{
    for (int i = 0; i < meta.propertyCount(); ++i) {
        const QMetaProperty property = meta.property(i);
        m_fields.push_back(
            {QByteArray(property.name()), property.relativePropertyIndex(), wireTypeOf(property.metaType())});
    }
}

const WireField *WirePlan::find(QByteArrayView name) const
{
    for (const WireField &field : m_fields) {
        if (field.name == name)
            return &field;
    }
    return nullptr;
}

void WirePlan::write(QCborStreamWriter &writer, const void *gadget) const
{
    writer.startMap();
    for (const WireField &field : m_fields) {
        field.type->writeProperty(m_meta, field.index, const_cast<void *>(gadget), field.name.constData(),
                                  field.name.size(), writer);
    }
    writer.endMap();
}

bool WirePlan::read(Decoding &decoding, void *gadget) const
{
    QCborStreamReader &reader = decoding.reader;
    if (!reader.isMap())
        return decoding.fail(u"must be an object"_s);
    if (!reader.enterContainer())
        return decoding.fail(u"malformed object"_s);

    quint64 seen = 0;
    QByteArray key;
    while (reader.lastError() == QCborError::NoError && reader.hasNext()) {
        if (!readKey(decoding, key))
            return false;
        std::size_t position = 0;
        while (position < m_fields.size() && m_fields[position].name != key)
            ++position;
        if (position == m_fields.size()) {
            if (!skip(decoding)) // a field of a newer peer
                return false;
            continue;
        }
        const WireField &field = m_fields[position];
        if (!field.type->readProperty(m_meta, field.index, gadget, decoding)) {
            const QString name = QString::fromUtf8(field.name);
            decoding.fail(u"malformed"_s);
            QString &path = decoding.error.field;
            path = path.isEmpty() ? name : name + u'.' + path;
            return false;
        }
        seen |= quint64(1) << position;
    }
    if (reader.lastError() != QCborError::NoError || !reader.leaveContainer())
        return decoding.fail(u"malformed object"_s);

    if (decoding.strictness == Strictness::Request) {
        for (std::size_t i = 0; i < m_fields.size(); ++i) {
            const WireType &type = *m_fields[i].type;
            if (!(seen & (quint64(1) << i)) && !type.optional && type.kind != WireKind::List)
                return decoding.fail(Error::invalid(QString::fromUtf8(m_fields[i].name), u"is missing"_s));
        }
    }
    return true;
}

namespace detail {

void writeText(QCborStreamWriter &writer, const QString &text)
{
    writer.append(QStringView(text));
}

bool readText(Decoding &decoding, QString &value)
{
    QCborStreamReader &reader = decoding.reader;
    if (!reader.isString())
        return decoding.fail(u"must be text"_s);
    value.clear();
    auto chunk = reader.readString();
    while (chunk.status == QCborStreamReader::Ok) {
        value += chunk.data;
        chunk = reader.readString();
    }
    if (chunk.status == QCborStreamReader::Error)
        return decoding.fail(u"must be well-formed UTF-8"_s);
    if (value.contains(QChar(0)))
        return decoding.fail(u"must not contain the character U+0000"_s);
    return true;
}

bool readInteger(Decoding &decoding, qint64 &value)
{
    QCborStreamReader &reader = decoding.reader;
    if (!reader.isInteger())
        return decoding.fail(u"must be a whole number"_s);
    if (reader.isUnsignedInteger()) {
        const quint64 number = reader.toUnsignedInteger();
        if (number > static_cast<quint64>(std::numeric_limits<qint64>::max()))
            return decoding.fail(u"is out of range"_s);
        value = static_cast<qint64>(number);
    } else {
        const quint64 absolute = static_cast<quint64>(reader.toNegativeInteger());
        if (absolute == 0 || absolute > quint64(1) << 63)
            return decoding.fail(u"is out of range"_s);
        value = static_cast<qint64>(~(absolute - 1));
    }
    return reader.next();
}

bool readBoolean(Decoding &decoding, bool &value)
{
    if (!decoding.reader.isBool())
        return decoding.fail(u"must be true or false"_s);
    value = decoding.reader.toBool();
    return decoding.reader.next();
}

bool readUuid(Decoding &decoding, QUuid &value)
{
    QString text;
    if (!decoding.reader.isString())
        return decoding.fail(u"must be an id as text"_s);
    if (!readText(decoding, text))
        return false;
    const std::optional<QUuid> uuid = IdBase::parse(text);
    if (!uuid)
        return decoding.fail(u"must be a UUID of 36 characters"_s);
    value = *uuid;
    return true;
}

void writeEnum(QCborStreamWriter &writer, const QMetaEnum &meta, int value)
{
    const char *key = meta.valueToKey(value);
    QByteArray name = key ? QByteArray(key) : QByteArray("Unknown");
    name[0] = static_cast<char>(name[0] | 0x20);
    writer.appendTextString(name.constData(), name.size());
}

bool readEnum(Decoding &decoding, const QMetaEnum &meta, int &value)
{
    QString text;
    if (!readText(decoding, text))
        return false;
    QByteArray name = text.toLatin1();
    if (!name.isEmpty() && name[0] >= 'a' && name[0] <= 'z')
        name[0] = static_cast<char>(name[0] & ~0x20);
    bool known = false;
    const int number = meta.keyToValue(name.constData(), &known);
    value = known ? number : 0;
    if (decoding.strictness == Strictness::Reply || (known && number != 0))
        return true;
    QStringList allowed;
    for (int i = 1; i < meta.keyCount(); ++i) {
        const QString key = QString::fromLatin1(meta.key(i));
        allowed.append(key.at(0).toLower() + key.mid(1));
    }
    return decoding.fail(u"must be one of "_s + allowed.join(u", "_s));
}

bool readArray(Decoding &decoding, void *list, bool (*readOne)(Decoding &, void *))
{
    QCborStreamReader &reader = decoding.reader;
    if (!reader.isArray())
        return decoding.fail(u"must be a list"_s);
    if (!reader.enterContainer())
        return decoding.fail(u"malformed list"_s);
    int count = 0;
    while (reader.lastError() == QCborError::NoError && reader.hasNext()) {
        if (++count > kMaxListItems)
            return decoding.fail(u"has more than 10000 items"_s);
        if (!readOne(decoding, list))
            return false;
    }
    if (reader.lastError() != QCborError::NoError || !reader.leaveContainer())
        return decoding.fail(u"malformed list"_s);
    return true;
}

} // namespace detail
} // namespace confab
