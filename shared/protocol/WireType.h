// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Error.h"
#include "shared/core/Id.h"
#include "shared/protocol/Operation.h"

#include <QtCore/QCborStreamReader>
#include <QtCore/QCborStreamWriter>
#include <QtCore/QList>
#include <QtCore/QMetaEnum>
#include <QtCore/QMetaObject>

#include <optional>
#include <vector>

// How each C++ type of a field goes over the wire. One WireType per type, found by its QMetaType; the plan of a
// gadget (its fields in order) is built once from its QMetaObject.

namespace confab {

/// How strictly a decoder reads.
enum class Strictness {
    Request, ///< A server reading a client: required fields must be there, enum values known.
    Reply,   ///< A client reading a server that may be newer: what is missing or unknown takes its default.
};

/// One decoding in progress: the stream, the rules and the first error.
struct Decoding
{
    QCborStreamReader &reader;
    Strictness strictness;
    Error error;
    bool failed = false;

    bool fail(const QString &message);
    bool fail(Error newError);
};

/// What a value is to callers that have it as text (path and query parameters).
enum class WireKind { Boolean, Integer, Text, Id, Enum, Value, List };

/// The wire form of one C++ type. Pointers are to values of that type.
struct WireType
{
    WireKind kind;
    bool optional;           ///< std::optional or Patch: may be absent.
    const WireType *element; ///< Of a list or optional.
    void (*write)(QCborStreamWriter &writer, const void *value);
    bool (*read)(Decoding &decoding, void *value);
    bool (*isAbsent)(const void *value);
    /// Read a gadget's property into a stack value and write it; and the other way round.
    void (*writeProperty)(const QMetaObject *meta, int index, void *gadget, const char *key, qsizetype keySize,
                          QCborStreamWriter &writer);
    bool (*readProperty)(const QMetaObject *meta, int index, void *gadget, Decoding &decoding);
    bool isPatch;              ///< Null clears.
    QMetaEnum enumeration;     ///< Of an enum.
    const QMetaObject *gadget; ///< Of a value; null for everything else, like plan.
    const class WirePlan &(*plan)();
};

/// One field of a gadget.
struct WireField
{
    QByteArray name;
    int index;
    const WireType *type;
};

/// The fields of a gadget in the order of their declaration.
class WirePlan
{
public:
    explicit WirePlan(const QMetaObject &meta);

    const std::vector<WireField> &fields() const { return m_fields; }
    const WireField *find(QByteArrayView name) const;
    void write(QCborStreamWriter &writer, const void *gadget) const;
    bool read(Decoding &decoding, void *gadget) const;

    /// The plan of T, built at first use. Thread-safe.
    template<typename T>
    static const WirePlan &of()
    {
        static const WirePlan plan(T::staticMetaObject);
        return plan;
    }

private:
    const QMetaObject *m_meta;
    std::vector<WireField> m_fields;
};

/// Returns the wire form registered for a QMetaType. Asserts that there is one: a field of an unregistered type is
/// a fault of the program that the first test finds.
const WireType *wireTypeOf(QMetaType type);

namespace detail {

bool readText(Decoding &decoding, QString &value);
bool readInteger(Decoding &decoding, qint64 &value);
bool readBoolean(Decoding &decoding, bool &value);
bool readUuid(Decoding &decoding, QUuid &value);
bool readEnum(Decoding &decoding, const QMetaEnum &meta, int &value);
void writeEnum(QCborStreamWriter &writer, const QMetaEnum &meta, int value);
/// Enters an array, calls readOne per element, leaves it. Bounded by kMaxListItems.
bool readArray(Decoding &decoding, void *list, bool (*readOne)(Decoding &, void *list));
void writeText(QCborStreamWriter &writer, const QString &text);

template<typename T>
inline constexpr bool isId = std::is_base_of_v<IdBase, T>;
template<typename T>
struct IsList : std::false_type
{
};
template<typename T>
struct IsList<QList<T>> : std::true_type
{
};
template<typename T>
struct IsOptional : std::false_type
{
};
template<typename T>
struct IsOptional<std::optional<T>> : std::true_type
{
};
template<typename T>
struct IsPatch : std::false_type
{
};
template<typename T>
struct IsPatch<Patch<T>> : std::true_type
{
};

template<typename T>
void writeValue(QCborStreamWriter &writer, const T &value)
{
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, qint64>)
        writer.append(value);
    else if constexpr (std::is_same_v<T, QString>)
        writeText(writer, value);
    else if constexpr (isId<T>)
        writer.appendTextString(value.uuid().toByteArray(QUuid::WithoutBraces).constData(), 36);
    else if constexpr (std::is_enum_v<T>)
        writeEnum(writer, QMetaEnum::fromType<T>(), static_cast<int>(value));
    else if constexpr (IsList<T>::value) {
        writer.startArray(static_cast<quint64>(value.size()));
        for (const auto &item : value)
            writeValue(writer, item);
        writer.endArray();
    } else if constexpr (IsOptional<T>::value) {
        writeValue(writer, *value);
    } else if constexpr (IsPatch<T>::value) {
        if (value.state == T::State::Clear)
            writer.append(nullptr);
        else
            writeValue(writer, value.value);
    } else {
        WirePlan::of<T>().write(writer, &value);
    }
}

template<typename T>
bool readValue(Decoding &decoding, T &value)
{
    if constexpr (std::is_same_v<T, bool>) {
        return readBoolean(decoding, value);
    } else if constexpr (std::is_same_v<T, qint64>) {
        return readInteger(decoding, value);
    } else if constexpr (std::is_same_v<T, QString>) {
        return readText(decoding, value);
    } else if constexpr (isId<T>) {
        QUuid uuid;
        if (!readUuid(decoding, uuid))
            return false;
        value = T(uuid);
        return true;
    } else if constexpr (std::is_enum_v<T>) {
        int number = 0;
        if (!readEnum(decoding, QMetaEnum::fromType<T>(), number))
            return false;
        value = static_cast<T>(number);
        return true;
    } else if constexpr (IsList<T>::value) {
        value.clear();
        return readArray(decoding, &value, [](Decoding &inner, void *list) {
            typename T::value_type item{};
            if (!readValue(inner, item))
                return false;
            static_cast<T *>(list)->append(std::move(item));
            return true;
        });
    } else if constexpr (IsOptional<T>::value) {
        if (decoding.reader.isNull()) {
            value.reset();
            return decoding.reader.next();
        }
        return readValue(decoding, value.emplace());
    } else if constexpr (IsPatch<T>::value) {
        if (decoding.reader.isNull()) {
            value.state = T::State::Clear;
            return decoding.reader.next();
        }
        value.state = T::State::Set;
        return readValue(decoding, value.value);
    } else {
        return WirePlan::of<T>().read(decoding, &value);
    }
}

template<typename T>
constexpr WireKind kindOf()
{
    if constexpr (std::is_same_v<T, bool>)
        return WireKind::Boolean;
    else if constexpr (std::is_same_v<T, qint64>)
        return WireKind::Integer;
    else if constexpr (std::is_same_v<T, QString>)
        return WireKind::Text;
    else if constexpr (isId<T>)
        return WireKind::Id;
    else if constexpr (std::is_enum_v<T>)
        return WireKind::Enum;
    else if constexpr (IsList<T>::value)
        return WireKind::List;
    else if constexpr (IsOptional<T>::value)
        return kindOf<typename T::value_type>();
    else if constexpr (IsPatch<T>::value)
        return kindOf<decltype(T::value)>();
    else
        return WireKind::Value;
}

template<typename T>
const WireType *wireType();

template<typename T>
const WireType *elementOf()
{
    if constexpr (IsList<T>::value || IsOptional<T>::value)
        return wireType<typename T::value_type>();
    else if constexpr (IsPatch<T>::value)
        return wireType<decltype(T::value)>();
    else
        return nullptr;
}

/// Whether T is a gadget with a plan of its own.
template<typename T>
inline constexpr bool isValue = kindOf<T>() == WireKind::Value && !IsOptional<T>::value && !IsPatch<T>::value;

template<typename T>
QMetaEnum enumOf()
{
    if constexpr (std::is_enum_v<T>)
        return QMetaEnum::fromType<T>();
    else
        return {};
}

template<typename T>
const QMetaObject *gadgetOf()
{
    if constexpr (isValue<T>)
        return &T::staticMetaObject;
    else
        return nullptr;
}

template<typename T>
const WirePlan &(*planOf())()
{
    if constexpr (isValue<T>)
        return &WirePlan::of<T>;
    else
        return nullptr;
}

template<typename T>
bool absent(const T &value)
{
    if constexpr (IsOptional<T>::value)
        return !value.has_value();
    else if constexpr (IsPatch<T>::value)
        return value.state == T::State::Keep;
    else
        return false;
}

template<typename T>
const WireType *wireType()
{
    static const WireType type{
        kindOf<T>(),
        IsOptional<T>::value || IsPatch<T>::value,
        elementOf<T>(),
        [](QCborStreamWriter &writer, const void *value) { writeValue(writer, *static_cast<const T *>(value)); },
        [](Decoding &decoding, void *value) { return readValue(decoding, *static_cast<T *>(value)); },
        [](const void *value) { return absent(*static_cast<const T *>(value)); },
        [](const QMetaObject *meta, int index, void *gadget, const char *key, qsizetype keySize,
           QCborStreamWriter &writer) {
            T value{};
            void *arguments[] = {&value};
            meta->d.static_metacall(static_cast<QObject *>(gadget), QMetaObject::ReadProperty, index, arguments);
            if (absent(value))
                return;
            writer.appendTextString(key, keySize);
            writeValue(writer, value);
        },
        [](const QMetaObject *meta, int index, void *gadget, Decoding &decoding) {
            T value{};
            if (!readValue(decoding, value))
                return false;
            int status = -1;
            int flags = 0;
            void *arguments[] = {&value, nullptr, &status, &flags};
            meta->d.static_metacall(static_cast<QObject *>(gadget), QMetaObject::WriteProperty, index, arguments);
            return true;
        },
        IsPatch<T>::value,
        enumOf<T>(),
        gadgetOf<T>(),
        planOf<T>(),
    };
    return &type;
}

} // namespace detail
} // namespace confab
