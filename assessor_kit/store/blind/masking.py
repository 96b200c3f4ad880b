"""Mask whatever in a member's own text says who the member is.

Masked are the full name in either order, the e-mail address, the membership number and the
employer; also a forename or surname beside a title, and initials beside the surname. A single
forename or surname on its own is not masked: it may be somebody else's, or an ordinary word.

An assessor sees the masked text; showing the original is recorded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

TITLES = r"(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|eur ing)\.?"
PERSON = "[name]"
ADDRESS = "[e-mail]"
NUMBER = "[membership number]"
EMPLOYER = "[employer]"
MASKS = (PERSON, ADDRESS, NUMBER, EMPLOYER)
BETWEEN = r"[\s,.\u00a0-]+"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a member is, as the register knows it."""

    name: str = ""
    email: str = ""
    member_no: str = ""
    employer: str = ""


def masked(text: str, identity: Identity) -> str:
    """Return the text with a word in brackets for everything that identifies the member.

    Where nothing does, the text is returned unchanged.
    """
    folded = _folded(text)
    found: list[tuple[int, int, str]] = []
    for needed, pattern, word in _patterns(identity):
        # Nearly every text names nobody, and to make a pattern takes longer than all else together.
        if any(one in folded for one in needed):
            found += [
                (*match.span(), word) for match in whole_word_pattern(pattern).finditer(folded)
            ]
    parts = []
    end = 0
    for start, stop, word in sorted(found, key=lambda one: (one[0], -one[1])):
        if start < end:
            continue
        parts += [text[end:start], word]
        end = stop
    return "".join([*parts, text[end:]]) if parts else text


def masked_cells(cells: Mapping[str, str], identity: Identity) -> dict[str, str]:
    """Return the cells of a line with each text masked, as `masked` does."""
    return {heading: masked(text, identity) for heading, text in cells.items()}


def _folded(text: str) -> str:
    """Return the text in lower case without accents, with every character in its place."""
    if text.isascii():  # nearly every text, and forty times as fast
        return text.lower()
    plain = (unicodedata.normalize("NFKD", letter)[0] for letter in text)
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in plain)


@lru_cache(maxsize=8)  # all cells of a return are masked one after another
def _patterns(identity: Identity) -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """Return what to look for: words of which one must be there, a pattern, and its mask."""
    parts = _folded(identity.name).split()
    names = [re.escape(part) for part in parts]
    found: list[tuple[tuple[str, ...], str, str]] = []
    if len(names) > 1:
        first = names[0]
        last = names[-1]
        surname = (parts[-1],)
        middle = rf"(?:{BETWEEN}\w+\.?){{0,2}}"
        found += [
            (surname, rf"(?:{TITLES}\s+)?{first}{middle}{BETWEEN}{last}", PERSON),
            (surname, rf"{last}{BETWEEN}{first}{middle}", PERSON),
            ((parts[0], *surname), rf"{TITLES}\s+(?:{first}|{last})", PERSON),
            (surname, rf"{re.escape(first[0])}\.?{BETWEEN}(?:\w\.?\s?){{0,2}}{last}", PERSON),
        ]
    elif names:
        found.append(((parts[0],), rf"{TITLES}\s+{names[0]}", PERSON))
    for whole, word in (
        (identity.email, ADDRESS),
        (identity.member_no, NUMBER),
        (identity.employer, EMPLOYER),
    ):
        if whole.strip():
            words = _folded(whole).split()
            found.append(((words[0],), BETWEEN.join(map(re.escape, words)), word))
    return tuple(found)


@lru_cache(maxsize=64)
def whole_word_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern that begins and ends where words do."""
    return re.compile(rf"(?<!\w){pattern}(?!\w)")
