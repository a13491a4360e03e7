// SPDX-License-Identifier: MIT
#include "shared/core/Id.h"

#include "shared/core/Clock.h"

#include <QtCore/QRandomGenerator>
#include <QtCore/QtEndian>

#include <array>

namespace confab {

std::optional<QUuid> IdBase::parse(QStringView text)
{
    if (text.size() != 36)
        return std::nullopt;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t c = text[i].unicode();
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool hex = (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
        if (dash ? c != u'-' : !hex)
            return std::nullopt;
    }
    const QUuid uuid = QUuid::fromString(text);
    return uuid.isNull() ? std::nullopt : std::optional<QUuid>(uuid);
}

QUuid IdGenerator::makeUuid() const
{
    std::array<quint32, 4> random;
    QRandomGenerator::system()->fillRange(random.data(), random.size());
    std::array<uchar, 16> bytes;
    std::memcpy(bytes.data(), random.data(), bytes.size());

    const auto milliseconds = static_cast<quint64>(m_clock.utcMs());
    uchar stamp[8];
    qToBigEndian(milliseconds << 16, stamp);
    std::copy(stamp, stamp + 6, bytes.begin());
    bytes[6] = (bytes[6] & 0x0f) | 0x70; // version 7
    bytes[8] = (bytes[8] & 0x3f) | 0x80; // variant of RFC 9562
    return QUuid::fromRfc4122(QByteArrayView(bytes.data(), bytes.size()));
}

} // namespace confab
