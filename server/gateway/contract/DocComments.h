// SPDX-License-Identifier: MIT
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QString>

namespace confab::server {

/// What the headers of the contract say of their types and fields in `///` and `///<`: the API documents' descriptions
/// are these very comments, so that each stands once.
class DocComments
{
public:
    /// Those of shared/protocol, which are built into the program.
    static DocComments ofContract();

    /// Adds what one header says.
    void read(const QByteArray &header);

    /// One paragraph, empty where the header says nothing.
    QString of(const QByteArray &type) const { return m_texts.value(type); }
    QString of(const QByteArray &type, const QByteArray &field) const { return m_texts.value(type + '.' + field); }

private:
    QHash<QByteArray, QString> m_texts;
};

} // namespace confab::server
