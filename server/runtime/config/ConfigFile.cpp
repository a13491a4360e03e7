// SPDX-License-Identifier: MIT
#include "server/runtime/config/ConfigFile.h"

#include <QtCore/QFile>

#include <algorithm>
#include <string_view>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// A file that is no TOML is an error to report. toml++ 3.3 asserts instead at "[#a]", and with NDEBUG even tells the
// compiler that its assertions hold; with neither, it checks and reports.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

namespace confab::server {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 kLargestFile = 1024 * 1024;

QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString nameOf(toml::node_type type)
{
    switch (type) {
    case toml::node_type::string:
        return u"a string"_s;
    case toml::node_type::integer:
        return u"an integer"_s;
    case toml::node_type::floating_point:
        return u"a decimal number"_s;
    case toml::node_type::boolean:
        return u"a truth value"_s;
    case toml::node_type::array:
        return u"a list"_s;
    case toml::node_type::table:
        return u"a table"_s;
    default:
        return u"a date or time"_s;
    }
}

void fill(ConfigFileEntry &entry, const toml::node &node)
{
    entry.typeName = nameOf(node.type());
    if (const auto *text = node.as_string()) {
        entry.value = toQString(text->get());
    } else if (const auto *number = node.as_integer()) {
        entry.value = qint64(number->get());
    } else if (const auto *array = node.as_array()) {
        QStringList list;
        for (const toml::node &element : *array) {
            const auto *item = element.as_string();
            if (!item) {
                entry.typeName = u"a list with "_s + nameOf(element.type()) + u" in it"_s;
                return;
            }
            list.append(toQString(item->get()));
        }
        entry.value = list;
        entry.typeName = u"a list of strings"_s;
    }
}

void flatten(const toml::table &table, const QString &prefix, std::vector<ConfigFileEntry> &entries)
{
    for (const auto &[key, node] : table) {
        const QString name = prefix + toQString(key.str());
        const toml::table *inner = node.as_table();
        if (inner && !inner->empty()) {
            flatten(*inner, name + u'.', entries);
            continue;
        }
        ConfigFileEntry entry;
        entry.name = name;
        entry.keyLine = static_cast<int>(key.source().begin.line);
        entry.keyColumn = static_cast<int>(key.source().begin.column);
        entry.line = static_cast<int>(node.source().begin.line);
        entry.column = static_cast<int>(node.source().begin.column);
        fill(entry, node);
        entries.push_back(std::move(entry));
    }
}
} // namespace

ConfigFile ConfigFile::read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {{}, u"%1: cannot be read: %2"_s.arg(path, file.errorString())};
    const QByteArray text = file.read(kLargestFile + 1);
    if (text.size() > kLargestFile)
        return {{}, u"%1: is larger than 1 MiB, so it is no configuration"_s.arg(path)};
    return parse(text, path);
}

ConfigFile ConfigFile::parse(const QByteArray &text, const QString &path)
{
    const std::string_view view(text.constData(), static_cast<std::size_t>(text.size()));
    const toml::parse_result parsed = toml::parse(view);
    if (!parsed) {
        const toml::source_position at = parsed.error().source().begin;
        return {{},
                u"%1:%2:%3: %4"_s.arg(path, QString::number(at.line), QString::number(at.column),
                                      toQString(parsed.error().description()))};
    }
    ConfigFile file;
    flatten(parsed.table(), {}, file.entries);
    std::stable_sort(file.entries.begin(), file.entries.end(), [](const auto &a, const auto &b) {
        return a.keyLine != b.keyLine ? a.keyLine < b.keyLine : a.keyColumn < b.keyColumn;
    });
    return file;
}

} // namespace confab::server
