"""Whose is it? Membership numbers and other identifiers: ASCII, and never guessed."""

from __future__ import annotations

import re
import unicodedata

from assessor_kit.loaders.cell import Reading, cell_text

MEMBER_NO = re.compile(r"[A-Z0-9-]{4,16}", re.ASCII)
EXPECTED = "a membership number of 4-16 letters A-Z, digits or -"


def read_member_no(value: object) -> Reading[str]:
    """A membership number as text, upper case, leading zeros kept. Full-width digits are read as ASCII and flagged."""
    if isinstance(value, bool):
        return Reading(problem=EXPECTED)
    text = cell_text(value)
    plain = unicodedata.normalize("NFKC", text)
    number = plain.upper()
    if not MEMBER_NO.fullmatch(number) or (plain != text and not all("\uff01" <= c <= "\uff5e" or c.isascii() for c in text)):
        return Reading(problem=EXPECTED)
    return Reading(value=number, flag="full-width characters read as plain ones" if plain != text else "")
