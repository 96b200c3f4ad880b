"""How is each cell of a staff file read? Readings of the kinds that registers, declarations and lists of assessors hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assessor_kit.loaders.cell import Reading, Unreadable, cell_text
from assessor_kit.loaders.dates import read_optional_day
from assessor_kit.loaders.durations import read_minutes
from assessor_kit.loaders.text import read_needed_text, read_text
from assessor_kit.vocabulary import ProfessionalStatus, ResponseState

Reader = Callable[[object], Reading[Any]]
YES, NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0", ""}
FIRST_YEAR, LAST_YEAR, MOST_DIGITS = 2000, 2100, 6


def text(value: object) -> Reading[str]:
    """Text without surrounding white space; may be empty."""
    return _stripped(read_text(value))


def needed_text(value: object) -> Reading[str]:
    """Text that is not blank."""
    return _stripped(read_needed_text(value))


def _stripped(read: Reading[str]) -> Reading[str]:
    return read if read.value is None else Reading(value=read.value.strip(), flag=read.flag)


def day(value: object) -> Reading[Any]:
    """A day, or none."""
    read = read_optional_day(value)
    return Reading(value=read.value, problem=read.problem)


def yes_no(value: object) -> Reading[bool]:
    """Truth in words; blank is no."""
    word = cell_text(value).lower()
    return Reading(value=word in YES) if word in YES | NO else Reading(problem="yes or no")


def yes_or_a_day(value: object) -> Reading[bool]:
    """As `yes_no`; a day on which it came about is a yes."""
    read = yes_no(value)
    if read.problem and day(value).value is not None:
        return Reading(value=True)
    return Reading(problem="yes, no, or the day") if read.problem else read


def yes_no_or_blank(value: object) -> Reading[str]:
    """yes, no or blank, as these words."""
    read = yes_no(value)
    word = "yes" if read.value else "no"
    return Reading(value=word if cell_text(value) else "", problem=read.problem)


def word_of(
    words: type[ProfessionalStatus | ResponseState], *, may_be_blank: bool = False
) -> Reader:
    """One of a closed list of words."""

    def read(value: object) -> Reading[str]:
        word = cell_text(value).lower()
        return (
            Reading(value=word)
            if word in set(words) or (may_be_blank and not word)
            else Reading(problem=f"one of {', '.join(words)}")
        )

    return read


def whole(low: int, high: int) -> Reader:
    """A whole number within limits."""

    def read(value: object) -> Reading[int]:
        digits = cell_text(value) if not isinstance(value, bool | Unreadable) else ""
        good = (
            digits.isascii()
            and digits.isdigit()
            and len(digits) <= MOST_DIGITS
            and low <= int(digits) <= high
        )
        return (
            Reading(value=int(digits))
            if good
            else Reading(problem=f"a whole number from {low} to {high}")
        )

    return read


def hours(value: object) -> Reading[int]:
    """Hours as minutes; days are no hours here, where no rules say how long one is."""
    if "day" in cell_text(value).lower():
        return Reading(problem="hours, such as 31.5")
    read = read_minutes(value, hours_per_day=0)
    return Reading(value=read.value, problem=read.problem)


def optional_hours(value: object) -> Reading[int]:
    """As `hours`, or none."""
    return hours(value) if cell_text(value) else Reading()


cpd_year: Reader = whole(FIRST_YEAR, LAST_YEAR)
