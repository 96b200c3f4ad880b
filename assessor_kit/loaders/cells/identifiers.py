"""Read membership numbers and other identifiers: in ASCII, and never guessed."""

from __future__ import annotations

import re
import unicodedata

from assessor_kit.loaders.cells.cell_values import CellValue, Shown, Unreadable, cell_text

MEMBER_NO = re.compile(r"[A-Z0-9-]{4,16}", re.ASCII)
ASSESSOR_ID = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)
EXPECTED = "a membership number of 4-16 letters A-Z, digits or -"


def read_member_no(value: object) -> CellValue[str]:
    """Read a membership number as text, in upper case, with its leading zeros kept.

    Full-width characters are read as ASCII and flagged.
    """
    if isinstance(value, Shown):
        return CellValue(
            problem=f"{EXPECTED}, stored as text: as a number, {value.text} has lost its zeros"
        )
    if isinstance(value, bool | float | Unreadable) and not (
        isinstance(value, float) and value.is_integer()
    ):
        return CellValue(problem=EXPECTED)
    text = cell_text(value)
    plain = "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text
    )
    number = plain.upper() if plain.isascii() else ""
    if not MEMBER_NO.fullmatch(number):
        return CellValue(problem=EXPECTED)
    return CellValue(
        value=number, flag="full-width characters read as plain ones" if plain != text else ""
    )


def read_optional_member_no(value: object) -> CellValue[str]:
    """Read a membership number as `read_member_no` does; an empty cell is the empty text."""
    return read_member_no(value) if cell_text(value) else CellValue(value="")


def read_member_nos(value: object) -> CellValue[str]:
    """Read membership numbers separated by semicolons, in the order given."""
    parts = [part for part in cell_text(value).split(";") if part.strip()]
    read = [read_member_no(part) for part in parts]
    bad = next((one.problem for one in read if one.problem), "")
    return (
        CellValue(problem=f"{bad}, separated by semicolons")
        if bad
        else CellValue(value=";".join(one.value or "" for one in read))
    )


def read_assessor_id(value: object) -> CellValue[str]:
    """Read an assessor's short name: plain letters, digits, dots, dashes and underscores."""
    text = cell_text(value)
    return (
        CellValue(value=text)
        if ASSESSOR_ID.fullmatch(text)
        else CellValue(problem="a short name of letters, digits, . - or _, such as A07")
    )
