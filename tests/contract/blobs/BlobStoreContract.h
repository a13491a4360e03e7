// SPDX-License-Identifier: MIT
#pragma once

#include "server/backends/blobs/BlobStore.h"

#include <QtCore/QObject>

#include <memory>

namespace confab::test {

/// What every BlobStore has to keep.
class BlobStoreContract : public QObject
{
    Q_OBJECT

protected:
    /// A store over the same blobs as the ones before it, as a node that starts again would make it.
    virtual std::unique_ptr<server::BlobStore> makeStore() = 0;

    /// A key that no other test has.
    static server::BlobKey newKey();

private Q_SLOTS:
    void finishesWhatWasAppended_data();
    void finishesWhatWasAppended();
    void readsNothingOfAnUnfinishedBlob();
    void goesOnAfterARestart();
    void takesAStepAgain();
    void takesAStepAgainWithOtherBytes();
    void finishesTwice();
    void saysThatAnAbandonedBlobIsGone();
    void saysThatWhatWasNeverThereIsGone();
    void replacesWhatIsPut();
    void readsRanges();
    void removesWhatIsNotThere();
    void keepsBlobsApartThatGrowTogether();
    void isReady();
};

} // namespace confab::test
