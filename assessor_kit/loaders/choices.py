"""Which of the scheme's words is meant? Activity types, areas, planned, competences."""

from __future__ import annotations

import re
from functools import lru_cache

from assessor_kit.loaders.cell import Reading, cell_text
from assessor_kit.rules.schema import Choice
from assessor_kit.vocabulary import Planned, visible

LONGEST_SHOWN = 80

PLANNED_WORDS = {
    **dict.fromkeys(("yes", "y", "true", "planned", "1"), Planned.YES),
    **dict.fromkeys(("no", "n", "false", "unplanned", "not planned", "0"), Planned.NO),
}


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    return re.sub(r"[\s_–—-]+", " ", text).strip().casefold()


def shown(text: str) -> str:
    """A word of the file in a sentence of ours: in quotes, nothing unseen in it, and not a page long."""
    return repr(visible(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"))


@lru_cache(maxsize=32)
def words_of(choices: tuple[Choice, ...]) -> dict[str, Choice]:
    """Every accepted word -> choice; code and label first, then synonyms."""
    words: dict[str, Choice] = {}
    for choice in choices:
        for word in (choice.code, choice.label, *choice.synonyms):
            words.setdefault(_normal(word), choice)
    return words


def read_activity_type(value: object, words: dict[str, Choice]) -> Reading[str]:
    """The code of an activity type; `other` with a note for an unknown word; empty where not stated."""
    text = cell_text(value)
    if not text:
        return Reading(value="")
    choice = words.get(_normal(text))
    if choice is None:
        return Reading(
            value="other", note=f"the kind {shown(text)} is read as another kind; it counts"
        )
    own = {
        _normal(choice.code),
        _normal(choice.label),
        choice.code[0],
        *(_normal(part) for part in choice.label.split(" and ")),
    }
    plain = _normal(text) in own or _normal(text).rstrip("s") in {word.rstrip("s") for word in own}
    return Reading(
        value=choice.code,
        note="" if plain else f"the kind {shown(text)} is read as {choice.label.lower()}",
    )


def read_area(value: object, words: dict[str, Choice]) -> Reading[str]:
    """The code of an area, whole or partly stated; empty where not stated or unknown (noted)."""
    text = cell_text(value)
    if not text:
        return Reading(value="")
    choice = words.get(_normal(text))
    if choice is None:
        return Reading(
            value="",
            note=f"the area {shown(text)} is not one of the guideline's; read as not stated",
        )
    return Reading(
        value=choice.code,
        note=f"the area {shown(text)} does not say which of the two" if choice.covers else "",
    )


def read_planned(value: object) -> Reading[Planned]:
    """yes, no or unmarked."""
    if isinstance(value, bool):
        return Reading(value=Planned.YES if value else Planned.NO)
    return Reading(value=PLANNED_WORDS.get(_normal(cell_text(value)), Planned.UNMARKED))


def read_competences(value: object, choices: tuple[Choice, ...]) -> Reading[str]:
    """The competence letters named, in order; anything else in the list is flagged."""
    text = cell_text(value).upper()
    letters = {choice.code for choice in choices}
    parts = [part for part in re.split(r"[\s,;/&+]+|\bAND\b", text) if part]
    if len(parts) == 1 and set(parts[0]) <= letters:
        parts = list(parts[0])
    named = {
        match[1]
        for part in parts
        if (match := re.fullmatch(r"([A-Z])\d?", part)) and match[1] in letters
    }
    strange = [
        part for part in parts if not re.fullmatch(rf"[{''.join(sorted(letters)) or '-'}]\d?", part)
    ]
    return Reading(
        value="".join(sorted(named)),
        flag=f"competences {shown(', '.join(strange))} are not known" if strange else "",
    )
