// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/bus/Bus.h"

#include <QtCore/QObject>

#include <memory>

namespace confab::test {

/// What every Bus has to keep, in process or across nodes.
class BusContract : public QObject
{
    Q_OBJECT

protected:
    /// An endpoint of the calling thread on the bus under test.
    virtual std::unique_ptr<server::Bus> makeEndpoint() = 0;

private Q_SLOTS:
    void deliversToSubscribersOfTheTopicAlone();
    void deliversToThePublisherToo();
    void deliversLaterAndNotInsideThePublish();
    void countsSubscriptions();
    void keepsOrderAndBytesBetweenTwoEndpoints();
    void deliversAcrossThreads();
    void survivesAnEndpointThatGoes();
    void letsAHandlerPublishAndUnsubscribe();
};

} // namespace confab::test
