// SPDX-License-Identifier: MIT
#pragma once

#include "server/gateway/contract/ContractOperation.h"

#include <optional>

namespace confab::server {

/// The examples of the API documents: a story in examples.json, told step by step, which tests run against a server as
/// it stands. An operation's example is the first step that uses it.
class Examples
{
public:
    struct Example
    {
        QCborMap parameters;
        QCborMap reply;
    };

    /// The story that is built into the program.
    static Examples ofContract();

    /// \a json as in examples.json.
    explicit Examples(const QByteArray &json);

    /// The example of an operation in the contract's form, or what is wrong with it: notFound where there is none.
    Result<Example> of(const ContractOperation &operation) const;
    Result<QCborMap> of(const ContractEvent &event) const;

private:
    QHash<QByteArray, QCborMap> m_steps;
    QHash<QByteArray, QCborMap> m_events;
};

} // namespace confab::server
