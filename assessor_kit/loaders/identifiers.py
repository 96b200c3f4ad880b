"""Whose is it? Membership numbers and other identifiers: ASCII, and never guessed."""

from __future__ import annotations

import re
import unicodedata

from assessor_kit.loaders.cell import Reading, Shown, Unreadable, cell_text

MEMBER_NO = re.compile(r"[A-Z0-9-]{4,16}", re.ASCII)
ASSESSOR_ID = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)
EXPECTED = "a membership number of 4-16 letters A-Z, digits or -"


def read_member_no(value: object) -> Reading[str]:
    """A membership number as text, upper case, leading zeros kept. Full-width digits are read as ASCII and flagged."""
    if isinstance(value, Shown):
        return Reading(
            problem=f"{EXPECTED}, stored as text: the number behind {value.text} has lost its zeros"
        )
    if isinstance(value, bool | float | Unreadable) and not (
        isinstance(value, float) and value.is_integer()
    ):
        return Reading(problem=EXPECTED)
    text = cell_text(value)
    plain = "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text
    )
    number = plain.upper() if plain.isascii() else ""
    if not MEMBER_NO.fullmatch(number):
        return Reading(problem=EXPECTED)
    return Reading(
        value=number, flag="full-width characters read as plain ones" if plain != text else ""
    )


def read_optional_member_no(value: object) -> Reading[str]:
    """As `read_member_no`; an empty cell is the empty text."""
    return read_member_no(value) if cell_text(value) else Reading(value="")


def read_member_nos(value: object) -> Reading[str]:
    """Membership numbers separated by ; in the order given."""
    parts = [part for part in cell_text(value).split(";") if part.strip()]
    read = [read_member_no(part) for part in parts]
    bad = next((one.problem for one in read if one.problem), "")
    return (
        Reading(problem=f"{bad}, separated by ;")
        if bad
        else Reading(value=";".join(one.value or "" for one in read))
    )


def read_assessor_id(value: object) -> Reading[str]:
    """An assessor's short name: plain letters, digits, dot, dash and underscore."""
    text = cell_text(value)
    return (
        Reading(value=text)
        if ASSESSOR_ID.fullmatch(text)
        else Reading(problem="a short name of letters, digits, . - or _, such as A07")
    )
