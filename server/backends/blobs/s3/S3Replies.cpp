// SPDX-License-Identifier: MIT
#include "server/backends/blobs/s3/S3Replies.h"

#include <QtCore/QXmlStreamReader>

namespace confab::server {

std::optional<QByteArray> textOfElement(const QByteArray &xml, const QByteArray &name)
{
    QXmlStreamReader reader(xml);
    std::optional<QByteArray> text;
    while (!reader.atEnd()) {
        if (reader.readNext() == QXmlStreamReader::StartElement && !text && reader.name() == QLatin1StringView(name))
            text = reader.readElementText().toUtf8();
    }
    return reader.hasError() ? std::nullopt : text;
}

QByteArray errorCodeOf(const QByteArray &xml)
{
    QXmlStreamReader reader(xml);
    if (!reader.readNextStartElement() || reader.name() != QLatin1StringView("Error"))
        return {};
    return textOfElement(xml, "Code").value_or(QByteArray());
}

} // namespace confab::server
