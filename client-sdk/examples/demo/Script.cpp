// SPDX-License-Identifier: MIT
#include "Script.h"

using namespace Qt::StringLiterals;

QList<Line> directHistory()
{
    using enum Speaker;
    return {
        {Grace, u"Morning! Did the new boards arrive?"_s},
        {Ada, u"They did ☺️ Two of three. The courier swears the third is on the van."_s},
        {Grace, u"It always is."_s},
        {Ada, u"I soldered the headers on the first one already. Want to see it blink?"_s},
        {Grace, u"Obviously"_s},
        {Ada, u"💡 … 💡 … 💡"_s},
        {Grace, u"Very convincing 😄"_s},
        {Ada, u"It keeps better time than the old one. One second in eleven days, as far as I can tell."_s},
        {Grace, u"How did you measure that?"_s},
        {Ada, u"Against the radio signal, with a counter that logs a line an hour:\n\n"
              "  drift = +0.0905 s/day\n"
              "  temp  = 21.4 °C"_s},
        {Grace, u"Nice. I would still let it run over a weekend before we promise anyone anything."_s},
        {Ada, u"Agreed. I'll start a clean run tonight."_s},
        {Grace, u"By the way: I found the bug in the parser. An empty last line counted as a record."_s},
        {Ada, u"The classic. How many did we count too many?"_s},
        {Grace, u"One per file. 4,212 files 🙃"_s},
        {Ada, u"So the total was too good to be true after all."_s},
        {Grace, u"It was exactly 4,212 too good to be true. Fixed and pushed, with a test this time."_s},
        {Ada, u"Thank you! Lunch at one? The place with the dumplings 🥟"_s},
        {Grace, u"Yes please. I'll bring the notebook."_s},
        {Grace, u"And ask the courier about that third board 😉"_s},
    };
}

QList<Line> groupHistory()
{
    using enum Speaker;
    return {
        {Ada, u"I made this group for the clock, so that the other chat stays for lunch 🍜"_s},
        {Grace, u"Good idea. What is left before we can show it?"_s},
        {Ada, u"Case, power supply, and somebody has to write the page that explains it."_s},
        {Grace, u"I take the page."_s},
        {Ada, u"Then I take the case. Walnut or aluminium?"_s},
        {Grace, u"Walnut. It is a clock, not a laptop."_s},
        {Ada, u"🌰 it is"_s},
        {Grace, u"First draft of the page is done, four paragraphs and a picture of the prototype."_s},
        {Ada, u"Read it. Clear and short, I would change nothing except my name, which has one d too many 😅"_s},
        {Grace, u"Fixed!"_s},
    };
}

QList<Line> talk()
{
    using enum Speaker;
    return {
        {Ada, u"Hello Grace, can you read this?"_s},
        {Grace, u"Loud and clear 👋"_s},
        {Ada, u"It went over a socket to the server, into its database, and out again to you."_s},
        {Grace, u"And what I write comes back the same way."_s},
        {Grace, u"Both of us should now see the same lines in the same order."_s},
        {Ada, u"Including this one: Grüße, 日本語, العربية, 👩‍🚀"_s},
        {Grace, u"All of it. Good night!"_s},
        {Ada, u"Good night 🌙"_s},
    };
}
