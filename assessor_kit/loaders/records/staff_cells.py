"""Read the kinds of cell that registers, declarations and lists of assessors contain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assessor_kit.loaders.cells.cell_values import CellValue, Unreadable, cell_text
from assessor_kit.loaders.cells.dates import read_optional_day
from assessor_kit.loaders.cells.durations import read_minutes
from assessor_kit.loaders.cells.text import read_needed_text, read_text
from assessor_kit.vocabulary import ProfessionalStatus, ResponseState, ResponseStatement

Reader = Callable[[object], CellValue[Any]]
YES = {"yes", "y", "true", "1"}
NO = {"no", "n", "false", "0", ""}
FIRST_YEAR = 2000
LAST_YEAR = 2100
MOST_DIGITS = 6


def text(value: object) -> CellValue[str]:
    """Read text without surrounding white space; it may be empty."""
    return _stripped(read_text(value))


def needed_text(value: object) -> CellValue[str]:
    """Read text that must not be blank."""
    return _stripped(read_needed_text(value))


def _stripped(read: CellValue[str]) -> CellValue[str]:
    return read if read.value is None else CellValue(value=read.value.strip(), flag=read.flag)


def day(value: object) -> CellValue[Any]:
    """Read a day; an empty cell has none."""
    read = read_optional_day(value)
    return CellValue(value=read.value, problem=read.problem)


def yes_no(value: object) -> CellValue[bool]:
    """Read yes or no in words; a blank cell means no."""
    word = cell_text(value).lower()
    return CellValue(value=word in YES) if word in YES | NO else CellValue(problem="yes or no")


def yes_or_a_day(value: object) -> CellValue[bool]:
    """Read yes or no as `yes_no` does; the day on which it happened means yes."""
    read = yes_no(value)
    if read.problem and day(value).value is not None:
        return CellValue(value=True)
    return CellValue(problem="yes, no, or the day") if read.problem else read


def yes_no_or_blank(value: object) -> CellValue[str]:
    """Read yes, no or blank, as these words."""
    read = yes_no(value)
    word = "yes" if read.value else "no"
    return CellValue(value=word if cell_text(value) else "", problem=read.problem)


def word_of(
    words: type[ProfessionalStatus | ResponseState | ResponseStatement],
    *,
    may_be_blank: bool = False,
) -> Reader:
    """Return a reader that accepts one of a closed list of words."""

    def read(value: object) -> CellValue[str]:
        word = cell_text(value).lower()
        return (
            CellValue(value=word)
            if word in set(words) or (may_be_blank and not word)
            else CellValue(problem=f"one of {', '.join(words)}")
        )

    return read


def whole(low: int, high: int) -> Reader:
    """Return a reader that accepts a whole number within limits."""

    def read(value: object) -> CellValue[int]:
        digits = cell_text(value) if not isinstance(value, bool | Unreadable) else ""
        good = (
            digits.isascii()
            and digits.isdigit()
            and len(digits) <= MOST_DIGITS
            and low <= int(digits) <= high
        )
        return (
            CellValue(value=int(digits))
            if good
            else CellValue(problem=f"a whole number from {low} to {high}")
        )

    return read


def hours(value: object) -> CellValue[int]:
    """Read hours as minutes; days are refused, as no rules here say how long one is."""
    if "day" in cell_text(value).lower():
        return CellValue(problem="hours, such as 31.5")
    read = read_minutes(value, hours_per_day=0)
    return CellValue(value=read.value, problem=read.problem)


def optional_hours(value: object) -> CellValue[int]:
    """Read hours as `hours` does; an empty cell has none."""
    return hours(value) if cell_text(value) else CellValue()


cpd_year: Reader = whole(FIRST_YEAR, LAST_YEAR)
