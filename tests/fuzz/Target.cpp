// SPDX-License-Identifier: MIT
#include "tests/fuzz/Target.h"

#include <QtCore/QString>
#include <QtCore/qlogging.h>

#include <cstdio>
#include <cstdlib>

// The names that libFuzzer's main() calls.
extern "C" int LLVMFuzzerInitialize(int *argumentCount, char ***arguments);
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size);

namespace confab::fuzz {

void require(bool holds, const char *rule)
{
    if (holds)
        return;
    std::fprintf(stderr, "confab: a rule does not hold: %s\n", rule);
    std::abort();
}

} // namespace confab::fuzz

int LLVMFuzzerInitialize(int *, char ***)
{
    // What the input makes Qt or the product warn of is of no interest, and printing it costs most of the time.
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext &, const QString &message) {
        if (type != QtFatalMsg)
            return;
        std::fprintf(stderr, "%s\n", qPrintable(message));
        std::abort();
    });
    return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    // A copy of its own, so that the sanitizer sees every read behind its end.
    confab::fuzz::runInput(QByteArray(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)));
    return 0;
}
