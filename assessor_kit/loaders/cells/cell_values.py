"""The result of reading one cell: a value, or why there is none, and what to check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class CellValue(Generic[T]):
    """What was read from one cell.

    `problem` rejects the row and says what was expected; `flag` asks a person to check; `note` says
    how the cell was interpreted.
    """

    value: T | None = None
    problem: str = ""
    flag: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A cell that no value can be read from.

    Examples are a spreadsheet error, a formula that was never calculated and an impossible date.
    """

    found: str
    expected: str
    advice: str


@dataclass(frozen=True)
class Shown:
    """A number that the sheet displays as something else, such as 30% or 0012345.

    `text` is what a person sees, never the number behind it.
    """

    text: str


def exact_text(value: object) -> str:
    """Return a cell as text, exactly: nothing trimmed, nothing replaced.

    An empty cell becomes the empty text, and a whole number has no decimals.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Shown):
        return value.text
    return value.found if isinstance(value, Unreadable) else str(value)


def cell_text(value: object) -> str:
    """Return a cell as text without surrounding white space.

    For cells that are read as a number, day, word or name.
    """
    return exact_text(value).strip()
