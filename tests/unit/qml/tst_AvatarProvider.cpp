// SPDX-License-Identifier: MIT
#include "qml/controls/AvatarProvider.h"
#include "qml/controls/PersonColor.h"
#include "tests/support/TestClass.h"

#include <QtGui/QImage>

#include <cmath>

using namespace Qt::StringLiterals;
using confab::app::AvatarProvider;
using confab::app::PersonColor;

namespace {

double linear(double channel)
{
    return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &color)
{
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

/// The contrast of two colours (WCAG 2).
double contrast(const QColor &a, const QColor &b)
{
    const std::pair<double, double> both = std::minmax({luminance(a), luminance(b)});
    return (both.second + 0.05) / (both.first + 0.05);
}

} // namespace

class tst_AvatarProvider : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameSeedHasSameColour()
    {
        QCOMPARE(AvatarProvider::colors(u"0190-a"_s), AvatarProvider::colors(u"0190-a"_s));
        // A fixed value: the colour must not change between releases or machines.
        QCOMPARE(AvatarProvider::colors(u"confab"_s).first.name(), u"#a04fc2"_s);
    }

    void lettersStandOutOnEveryColour()
    {
        QSet<QRgb> seen;
        for (int i = 0; i < 400; ++i) {
            const auto [top, bottom] = AvatarProvider::colors(QString::number(i));
            seen.insert(top.rgb());
            QVERIFY2(contrast(top, Qt::white) >= 4.0, qPrintable(top.name()));
            QVERIFY2(contrast(bottom, Qt::white) >= 4.5, qPrintable(bottom.name()));
        }
        QCOMPARE(seen.size(), 10);
    }

    void namesAreLegibleInLightAndDark()
    {
        for (int i = 0; i < 400; ++i) {
            const QString seed = QString::number(i);
            QVERIFY(contrast(PersonColor::ink(seed, false), QColor(0xf1, 0xf1, 0xf6)) >= 4.5);
            QVERIFY(contrast(PersonColor::ink(seed, true), QColor(0x26, 0x26, 0x2d)) >= 4.5);
        }
    }

    void photosBecomeRound()
    {
        QImage photo(60, 40, QImage::Format_RGB32);
        photo.fill(Qt::red);
        const QImage round = AvatarProvider::rounded(photo, 32);
        QCOMPARE(round.size(), QSize(32, 32));
        QCOMPARE(qAlpha(round.pixel(0, 0)), 0);
        QCOMPARE(qAlpha(round.pixel(31, 31)), 0);
        QCOMPARE(round.pixelColor(16, 16), QColor(Qt::red));
    }
};

CONFAB_TEST_CLASS(tst_AvatarProvider)
#include "tst_AvatarProvider.moc"
