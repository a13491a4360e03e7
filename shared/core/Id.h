// SPDX-License-Identifier: MIT
#pragma once

#include "shared/core/Export.h"

#include <QtCore/QMetaType>
#include <QtCore/QString>
#include <QtCore/QUuid>

#include <optional>

namespace confab {

class Clock;

/// The 16 bytes that all strong ids share. On the wire and in logs an id is the 36 characters of RFC 9562.
class CONFAB_EXPORT IdBase
{
public:
    constexpr IdBase() = default;
    constexpr explicit IdBase(QUuid uuid) : m_uuid(uuid) { }

    const QUuid &uuid() const { return m_uuid; }
    bool isNull() const { return m_uuid.isNull(); }
    QString toString() const { return m_uuid.toString(QUuid::WithoutBraces); }

    /// Reads the 36-character form in either case; anything else, and the nil UUID, is refused.
    static std::optional<QUuid> parse(QStringView text);

protected:
    QUuid m_uuid;
};

/// An id of one kind of thing: ids of different kinds do not compare, convert or mix.
template<typename Tag>
class Id : public IdBase
{
public:
    using IdBase::IdBase;

    static std::optional<Id> fromString(QStringView text)
    {
        const std::optional<QUuid> uuid = parse(text);
        return uuid ? std::optional<Id>(Id(*uuid)) : std::nullopt;
    }

    friend bool operator==(const Id &a, const Id &b) { return a.m_uuid == b.m_uuid; }
    friend bool operator<(const Id &a, const Id &b) { return a.m_uuid < b.m_uuid; }
    friend size_t qHash(const Id &id, size_t seed = 0) { return qHash(id.m_uuid, seed); }
};

using UserId = Id<struct UserTag>;
using SessionId = Id<struct SessionTag>;
using ConversationId = Id<struct ConversationTag>;
using ClientId = Id<struct ClientTag>; ///< Made by the sender's device: what makes sending again harmless.
using InviteId = Id<struct InviteTag>;
using GenerationId = Id<struct GenerationTag>; ///< Made with the store and renewed after a restore.

/// A number of a conversation or account that grows with every change. 0 is "before everything".
using Revision = qint64;
/// The revision at which a message was made: unique within its conversation, and its order.
using MessageId = qint64;

/// Makes UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then random bits from the system.
/// Thread-safe.
class CONFAB_EXPORT IdGenerator
{
public:
    explicit IdGenerator(const Clock &clock) : m_clock(clock) { }

    template<typename AnyId>
    AnyId make() const
    {
        return AnyId(makeUuid());
    }

    QUuid makeUuid() const;

private:
    const Clock &m_clock;
};

} // namespace confab

Q_DECLARE_METATYPE(confab::UserId)
Q_DECLARE_METATYPE(confab::SessionId)
Q_DECLARE_METATYPE(confab::ConversationId)
Q_DECLARE_METATYPE(confab::ClientId)
Q_DECLARE_METATYPE(confab::GenerationId)
Q_DECLARE_METATYPE(confab::InviteId)
