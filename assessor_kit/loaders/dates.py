"""When was it? The dates people write, read day first."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time

from assessor_kit.loaders.cell import Reading, Unreadable, cell_text

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
LAST_MONTH, CENTURY, LONGEST = 12, 2000, 60


@dataclass(frozen=True, kw_only=True)
class Span:
    """First and last day; both None where no date was given.

    `ambiguous`: day and month could be the other way round. `day_first`: they could not, and the day came first. `ongoing`: it had not ended.
    """

    start: date | None = None
    end: date | None = None
    ambiguous: bool = False
    day_first: bool = False
    ongoing: bool = False


def read_span(started: object, ended: object = None) -> Reading[Span]:
    """The days of an activity from its start cell (which may hold a range) and its end cell."""
    first, last = _cell(started), _cell(ended)
    parts: list[str | date] = (
        list(RANGE.split(first, maxsplit=1)) if isinstance(first, str) else [first]
    )
    if first == "" and (last == "" or _is_ongoing(last)):
        return Reading(value=Span(), flag="no date")
    start = read_day(parts[0])
    if start is None or start.start is None or (len(parts) > 1 and last != ""):
        return Reading(problem=EXPECTED)
    other = parts[1] if len(parts) > 1 else last
    if _is_ongoing(other):
        return Reading(
            value=Span(
                start=start.start,
                ambiguous=start.ambiguous,
                day_first=start.day_first,
                ongoing=True,
            )
        )
    if other == "":
        return Reading(value=start)
    end = read_day(other)
    if end is None or end.start is None:
        return Reading(problem=EXPECTED)
    last_day = end.end or _last_of_month(end.start)
    if last_day < start.start:
        return Reading(problem="an end on or after the start")
    return Reading(
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
    """One day as a span of that day; a month alone starts on its first day and has no end of its own. None where unreadable."""
    if isinstance(value, date):
        return Span(start=value, end=value)
    if len(value) > LONGEST:
        return None
    text = re.sub(r"\s+", " ", value).strip().lower()
    if match := ISO.fullmatch(text):
        return _one_day(int(match[1]), int(match[2]), int(match[3]))
    if match := NUMERIC.fullmatch(text):
        year = int(match[4]) + (CENTURY if len(match[4]) == 2 else 0)  # noqa: PLR2004  (two digits of a year)
        day, month = int(match[1]), int(match[3])
        return _one_day(
            year,
            month,
            day,
            ambiguous=day <= LAST_MONTH and month <= LAST_MONTH and day != month,
            day_first=day > LAST_MONTH,
        )
    if (match := WORDS.fullmatch(text)) and match[2] in MONTHS:
        found = _one_day(int(match[3]), MONTHS[match[2]], int(match[1] or 1))
        return Span(start=found.start, end=found.end if match[1] else None) if found else None
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
    """A cell that a workbook stores as ISO 8601 text: a day, a moment or a time of day."""
    for read in (date.fromisoformat, datetime.fromisoformat, time.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return Unreadable(found=text[:20], expected=EXPECTED, advice="Type the date as text.")


def read_optional_day(value: object) -> Reading[date]:
    """One day, or none where the cell is empty."""
    cell = _cell(value)
    if cell == "":
        return Reading()
    found = read_day(cell)
    return Reading(value=found.start) if found else Reading(problem=EXPECTED)
