"""What reading one cell gives: a value, or a reason why there is none; and what a person should know about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Reading(Generic[T]):
    """`problem` rejects the row and says what was expected; `flag` asks a person to check; `note` says how it was interpreted."""

    value: T | None = None
    problem: str = ""
    flag: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A cell that no value can be had from: a spreadsheet's error, a formula never calculated, an impossible date."""

    found: str
    expected: str
    advice: str


@dataclass(frozen=True)
class Shown:
    """A number that the sheet shows as something else, such as 30% or 0012345: the text that a person sees, never the number behind it."""

    text: str


def exact_text(value: object) -> str:
    """A cell as text, exactly: nothing trimmed, nothing replaced. An empty cell is the empty text, a whole number has no decimals."""
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
    """A cell as text without surrounding white space: for what is read as a number, day, word or name."""
    return exact_text(value).strip()
