"""People's words, made fit for a page, a PDF, a Word file and an e-mail."""

from __future__ import annotations

import re
import unicodedata

# What ends a line: CR LF, CR, vertical tab (Word's own line break), form feed, next line, and the
# separators of lines and paragraphs.
LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
# A flag of a nation is spelt in tag characters, which show nothing anywhere else.
HIDDEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
    f"{NONCHARACTERS}"
)
UNSHOWABLE = re.compile(f"\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|([{HIDDEN}])")
# Marks that may stand on any letter, by blocks of Unicode; those of single scripts are not here.
# A ninth on one letter can neither be read nor broken into lines.
MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
STACKED_MARKS = re.compile(f"([{MARKS}]{{8}})[{MARKS}]+")
POP_EMBEDDING = "\u202c"
FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
# What each character that starts a direction is ended by (Unicode Standard Annex 9, section 2).
ENDED_BY = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", POP_EMBEDDING),
    **dict.fromkeys("\u2066\u2067\u2068", POP_ISOLATE),
}
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
TO_BE_LOOKED_AT = re.compile(
    f"[\r\x0b\x0c\x85\u2028\u2029\u202a-\u202e\u2066-\u2069{HIDDEN}{MARKS}]"
)
RIGHT_TO_LEFT = {"R", "AL", "AN", "RLE", "RLO", "RLI", "FSI"}


def showable(text: str) -> str:
    """Return what somebody wrote as it was typed, but for what cannot be shown.

    The one place where characters are taken out of people's words before they reach a document or
    a message:

    - whatever ends a line (CR, vertical tab, form feed, ...) becomes a line feed;
    - controls, lone surrogates, noncharacters, soft hyphens, zero-width spaces, byte-order marks
      and tag characters outside a flag go; none of them can be seen, and each of them breaks XML,
      a PDF or Word, or hides one word within another;
    - of more than eight marks stacked on one letter the first eight stay: no language needs more,
      and they cover the lines above and below;
    - an override, embedding or isolate of the writing direction ends with its line at the latest,
      and one that ends nothing goes, so that nothing outside of these words is reordered.

    Joiners, direction marks and variation selectors stay: Persian, Hindi and emoji need them.
    """
    if (text.isascii() and text.isprintable()) or not TO_BE_LOOKED_AT.search(text):
        return text
    text = LINE_END.sub("\n", text)
    text = UNSHOWABLE.sub(lambda found: "" if found[1] else found[0], text)
    text = STACKED_MARKS.sub(r"\1", text)
    if DIRECTION.search(text):
        text = "\n".join(_ended(line) for line in text.split("\n"))
    return text


def showable_line(text: str) -> str:
    """Return what somebody wrote as `showable` does, on one line."""
    return " ".join(showable(text).split())


def isolated(text: str) -> str:
    """Return showable words so that their direction cannot reorder what stands around them.

    Words that only run from left to right are returned as they are. This is for plain text and
    Word; a page has an element for it.
    """
    if text.isascii() or not any(unicodedata.bidirectional(one) in RIGHT_TO_LEFT for one in text):
        return text
    return "\n".join(f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}" for line in text.split("\n"))


def _ended(line: str) -> str:
    """Return a line in which every direction that is started is ended, and none other."""
    waiting: list[str] = []
    kept: list[str] = []
    for one in line:
        if one in ENDED_BY:
            waiting.append(ENDED_BY[one])
        elif one == POP_EMBEDDING:
            if waiting[-1:] != [POP_EMBEDDING]:
                continue
            waiting.pop()
        elif one == POP_ISOLATE:
            if POP_ISOLATE not in waiting:
                continue
            while (ended := waiting.pop()) != POP_ISOLATE:
                kept.append(ended)
        kept.append(one)
    return "".join(kept + waiting[::-1])
