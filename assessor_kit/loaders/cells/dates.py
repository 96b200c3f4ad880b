"""Read the dates that people write, day first."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time

from assessor_kit.loaders.cells.cell_values import CellValue, Unreadable, cell_text

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        1,
    )
    for name in names
}
EXPECTED = "a date such as 31/03/2016, 2016-03-31 or 31 Mar 2016"
NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][0-2]?\d:[0-5]\d(?::[0-5]\d)?)?", re.ASCII)
WORDS = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([a-z]{3,9})\.?,?\s+(\d{4})", re.ASCII)
RANGE = re.compile(r"\s+(?:-|–|to|until)\s+|(?<=\d{4})\s*[-–]\s*(?=\d{1,2}[/.])")
ONGOING = {"ongoing", "on-going", "present", "continuing"}
LAST_MONTH = 12
CENTURY = 2000
LONGEST = 60


@dataclass(frozen=True, kw_only=True)
class Span:
    """The first and last day of an activity; both are None where no date was given.

    `ambiguous`: day and month could be the other way round. `day_first`: they could not, because
    the date is only possible with the day first. `ongoing`: the activity had not ended.
    """

    start: date | None = None
    end: date | None = None
    ambiguous: bool = False
    day_first: bool = False
    ongoing: bool = False


def read_span(started: object, ended: object = None) -> CellValue[Span]:
    """Read an activity's days from its start cell (which may hold a range) and its end cell."""
    first = _cell(started)
    last = _cell(ended)
    parts: list[str | date] = (
        list(RANGE.split(first, maxsplit=1)) if isinstance(first, str) else [first]
    )
    if first == "" and (last == "" or _is_ongoing(last)):
        return CellValue(value=Span(), flag="no date")
    start = read_day(parts[0])
    if start is None or start.start is None or (len(parts) > 1 and last != ""):
        return CellValue(problem=EXPECTED)
    other = parts[1] if len(parts) > 1 else last
    if _is_ongoing(other):
        return CellValue(
            value=Span(
                start=start.start,
                ambiguous=start.ambiguous,
                day_first=start.day_first,
                ongoing=True,
            )
        )
    if other == "":
        return CellValue(value=start)
    end = read_day(other)
    if end is None or end.start is None:
        return CellValue(problem=EXPECTED)
    last_day = end.end or _last_of_month(end.start)
    if last_day < start.start:
        return CellValue(problem="an end date on or after the start date")
    return CellValue(
        value=Span(
            start=start.start,
            end=last_day,
            ambiguous=start.ambiguous or end.ambiguous,
            day_first=start.day_first or end.day_first,
        )
    )


def _cell(value: object) -> str | date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else cell_text(value)


def _is_ongoing(value: str | date) -> bool:
    return isinstance(value, str) and value.lower() in ONGOING


def _last_of_month(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def read_day(value: str | date) -> Span | None:
    """Read one day as a span of that day; return None where it cannot be read.

    A month alone starts on its first day and has no end of its own.
    """
    if isinstance(value, date):
        return Span(start=value, end=value)
    if len(value) > LONGEST:
        return None
    text = re.sub(r"\s+", " ", value).strip().lower()
    if match := ISO.fullmatch(text):
        return _one_day(int(match[1]), int(match[2]), int(match[3]))
    if match := NUMERIC.fullmatch(text):
        # A year may be written with two digits.
        year = int(match[4]) + (CENTURY if len(match[4]) == 2 else 0)  # noqa: PLR2004
        day = int(match[1])
        month = int(match[3])
        return _one_day(
            year,
            month,
            day,
            ambiguous=day <= LAST_MONTH and month <= LAST_MONTH and day != month,
            day_first=day > LAST_MONTH,
        )
    if (match := WORDS.fullmatch(text)) and match[2] in MONTHS:
        found = _one_day(int(match[3]), MONTHS[match[2]], int(match[1] or 1))
        if found is None:
            return None
        return Span(start=found.start, end=found.end if match[1] else None)
    return None


def _one_day(
    year: int, month: int, day: int, *, ambiguous: bool = False, day_first: bool = False
) -> Span | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Span(start=found, end=found, ambiguous=ambiguous, day_first=day_first)


def read_iso_moment(text: str) -> date | datetime | time | Unreadable:
    """Read a cell that a workbook stores as ISO 8601 text: a day, a moment or a time of day."""
    for read in (date.fromisoformat, datetime.fromisoformat, time.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return Unreadable(found=text[:20], expected=EXPECTED, advice="Type the date as text.")


def read_optional_day(value: object) -> CellValue[date]:
    """Read one day; an empty cell has neither a value nor a problem."""
    cell = _cell(value)
    if cell == "":
        return CellValue()
    found = read_day(cell)
    return CellValue(value=found.start) if found else CellValue(problem=EXPECTED)
