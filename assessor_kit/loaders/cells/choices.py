"""Match a member's words to the scheme's: activity types, areas, planned, competences."""

from __future__ import annotations

import re
from functools import lru_cache

from assessor_kit.loaders.cells.cell_values import CellValue, cell_text
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


def quoted(text: str) -> str:
    """Return a word from the file as it is quoted in a message of ours.

    It is put in quotes, characters that cannot be seen become escapes, and a long text is cut.
    """
    return repr(visible(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"))


@lru_cache(maxsize=32)
def accepted_words(choices: tuple[Choice, ...]) -> dict[str, Choice]:
    """Return every accepted word with its choice; where two share a word, the first keeps it."""
    words: dict[str, Choice] = {}
    for choice in choices:
        for word in (choice.code, choice.label, *choice.synonyms):
            words.setdefault(_normal(word), choice)
    return words


def read_activity_type(value: object, words: dict[str, Choice]) -> CellValue[str]:
    """Read the code of an activity type; an unknown word becomes `other`, with a note.

    The code is empty where the cell is.
    """
    text = cell_text(value)
    if not text:
        return CellValue(value="")
    choice = words.get(_normal(text))
    if choice is None:
        return CellValue(
            value="other",
            note=(
                f"the activity type {quoted(text)} is not one of the scheme's; it is read as"
                " 'other' and still counts"
            ),
        )
    own = {
        _normal(choice.code),
        _normal(choice.label),
        choice.code[0],
        *(_normal(part) for part in choice.label.split(" and ")),
    }
    plain = _normal(text) in own or _normal(text).rstrip("s") in {word.rstrip("s") for word in own}
    return CellValue(
        value=choice.code,
        note="" if plain else f"the activity type {quoted(text)} is read as {choice.label.lower()}",
    )


def read_area(value: object, words: dict[str, Choice]) -> CellValue[str]:
    """Read the code of an area, whether stated in full or in part.

    The code is empty where the cell is, and, with a note, where the word is unknown.
    """
    text = cell_text(value)
    if not text:
        return CellValue(value="")
    choice = words.get(_normal(text))
    if choice is None:
        return CellValue(
            value="",
            note=f"the area {quoted(text)} is not one of the guideline's; it is read as not stated",
        )
    return CellValue(
        value=choice.code,
        note=f"the area {quoted(text)} does not say which area is meant" if choice.covers else "",
    )


def read_planned(value: object) -> CellValue[Planned]:
    """Read yes, no or unmarked; any other word counts as unmarked."""
    if isinstance(value, bool):
        return CellValue(value=Planned.YES if value else Planned.NO)
    return CellValue(value=PLANNED_WORDS.get(_normal(cell_text(value)), Planned.UNMARKED))


def read_competences(value: object, choices: tuple[Choice, ...]) -> CellValue[str]:
    """Read the competence letters in a cell, sorted; anything else in it is flagged."""
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
    return CellValue(
        value="".join(sorted(named)),
        flag=f"competences not recognised: {quoted(', '.join(strange))}" if strange else "",
    )
