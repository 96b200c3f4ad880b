"""When was it? The dates people write, read day first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from assessor_kit.loaders.cell import Reading, cell_text

MONTHS = {name: number for number, names in enumerate((
    ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",), ("jun", "june"), ("jul", "july"),
    ("aug", "august"), ("sep", "sept", "september"), ("oct", "october"), ("nov", "november"), ("dec", "december")), 1) for name in names}
EXPECTED = "a date such as 31/03/2016, 2016-03-31 or 31 Mar 2016"
NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", re.ASCII)
WORDS = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([a-z]{3,9})\.?,?\s+(\d{4})", re.ASCII)
RANGE = re.compile(r"\s+(?:-|–|to|until)\s+|(?<=\d{4})\s*[-–]\s*(?=\d{1,2}[/.])")
ONGOING = {"ongoing", "on-going", "present", "continuing"}
LAST_MONTH, CENTURY = 12, 2000


@dataclass(frozen=True, kw_only=True)
class Span:
    """First and last day; both None where no date was given. `ambiguous`: day and month could be the other way round."""

    start: date | None = None
    end: date | None = None
    ambiguous: bool = False


def read_span(started: object, ended: object = None) -> Reading[Span]:
    """The days of an activity from its start cell (which may hold a range) and its end cell."""
    first, last = _cell(started), cell_text(ended).lower()
    parts = RANGE.split(first, maxsplit=1) if isinstance(first, str) else [first]
    if first == "" and last in {"", *ONGOING}:
        return Reading(value=Span(), flag="no date")
    start = read_day(parts[0])
    other = parts[1] if len(parts) > 1 else ended
    if start is None:
        return Reading(problem=EXPECTED)
    if cell_text(other).lower() in {"", *ONGOING}:
        return Reading(value=Span(start=start.start, end=None if cell_text(other) else start.end, ambiguous=start.ambiguous))
    end = read_day(_cell(other))
    if end is None or start.start is None or end.end is None:
        return Reading(problem=EXPECTED)
    if end.end < start.start:
        return Reading(problem="an end on or after the start")
    return Reading(value=Span(start=start.start, end=end.end, ambiguous=start.ambiguous or end.ambiguous))


def _cell(value: object) -> str | date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else cell_text(value)


def read_day(value: str | date) -> Span | None:
    """One day as a span of that day; a month alone starts on its first day and has no end of its own. None where unreadable."""
    if isinstance(value, date):
        return Span(start=value, end=value)
    text = re.sub(r"\s+", " ", value).strip().lower()
    if match := ISO.fullmatch(text):
        return _one_day(int(match[1]), int(match[2]), int(match[3]))
    if match := NUMERIC.fullmatch(text):
        year = int(match[4]) + (CENTURY if len(match[4]) == 2 else 0)  # noqa: PLR2004  (two digits of a year)
        day, month = int(match[1]), int(match[3])
        return _one_day(year, month, day, ambiguous=day <= LAST_MONTH and month <= LAST_MONTH and day != month)
    if (match := WORDS.fullmatch(text)) and match[2] in MONTHS:
        found = _one_day(int(match[3]), MONTHS[match[2]], int(match[1] or 1))
        return Span(start=found.start, end=found.end if match[1] else None) if found else None
    return None


def _one_day(year: int, month: int, day: int, *, ambiguous: bool = False) -> Span | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Span(start=found, end=found, ambiguous=ambiguous)


def read_optional_day(value: object) -> Reading[date]:
    """One day, or none where the cell is empty."""
    cell = _cell(value)
    if cell == "":
        return Reading()
    found = read_day(cell)
    return Reading(value=found.start) if found else Reading(problem=EXPECTED)
