// SPDX-License-Identifier: MIT
#include "shared/protocol/Mend.h"

#include <QtCore/QCborStreamReader>
#include <QtCore/QCborStreamWriter>
#include <QtCore/QString>

namespace confab {

namespace {

constexpr int kDeepest = 32;

/// Copies values from one stream to another; nothing is allocated by a length that the input does not hold.
class MendingCopy
{
public:
    MendingCopy(const QByteArray &cbor, QByteArray &copy) : m_size(cbor.size()), m_reader(cbor), m_writer(&copy) { }

    bool run() { return value(0) && m_reader.currentOffset() == m_size; }

private:
    bool value(int depth)
    {
        // After an error the reader still shows the item before it, as often as it is asked.
        if (m_reader.lastError() != QCborError::NoError)
            return false;
        switch (m_reader.type()) {
        case QCborStreamReader::UnsignedInteger:
            m_writer.append(m_reader.toUnsignedInteger());
            return m_reader.next();
        case QCborStreamReader::NegativeInteger:
            m_writer.append(m_reader.toNegativeInteger());
            return m_reader.next();
        case QCborStreamReader::SimpleType:
            m_writer.append(m_reader.toSimpleType());
            return m_reader.next();
        case QCborStreamReader::Double:
            m_writer.append(m_reader.toDouble());
            return m_reader.next();
        case QCborStreamReader::String:
            return text();
        case QCborStreamReader::Array:
        case QCborStreamReader::Map:
            return depth < kDeepest && container(depth);
        default:
            return false; // nothing that the contract has
        }
    }

    bool container(int depth)
    {
        const bool isMap = m_reader.isMap();
        if (isMap)
            m_writer.startMap();
        else
            m_writer.startArray();
        if (!m_reader.enterContainer())
            return false;
        while (m_reader.hasNext()) {
            if (!value(depth + 1))
                return false;
        }
        if (m_reader.lastError() != QCborError::NoError || !m_reader.leaveContainer())
            return false;
        return isMap ? m_writer.endMap() : m_writer.endArray();
    }

    bool text()
    {
        QByteArray utf8;
        for (;;) {
            const qsizetype size = m_reader.currentStringChunkSize();
            if (size < 0 || size > m_size - m_reader.currentOffset())
                return false;
            QByteArray part(size, Qt::Uninitialized);
            const auto chunk = m_reader.readStringChunk(part.data(), part.size());
            if (chunk.status == QCborStreamReader::Error)
                return false;
            if (chunk.status == QCborStreamReader::EndOfString)
                break;
            utf8 += part.first(chunk.data);
        }
        const QString mended = QString::fromUtf8(utf8).replace(QChar(0), QChar(QChar::ReplacementCharacter));
        m_writer.append(QStringView(mended));
        return true;
    }

    const qint64 m_size;
    QCborStreamReader m_reader;
    QCborStreamWriter m_writer;
};

} // namespace

QByteArray withMendedTexts(const QByteArray &cbor)
{
    QByteArray mended;
    return MendingCopy(cbor, mended).run() ? mended : QByteArray();
}

} // namespace confab
