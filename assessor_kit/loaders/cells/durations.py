"""Read the durations that people write, as whole minutes."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from assessor_kit.loaders.cells.cell_values import CellValue, Unreadable, cell_text

MINUTES = 60
MOST_HOURS = 2000
MANY_HOURS = 60
NUMBER = r"\d{1,6}(?:[.,]\d{1,4})?"
FRACTIONS = {
    "½": "0.5",
    "¼": "0.25",
    "¾": "0.75",
    "half a": "0.5",
    "half": "0.5",
    "a": "1",
    "one": "1",
}
EXPECTED = "hours such as 1.5, 1h30, 1:30, 90 min or 2 days"
HOURS = re.compile(rf"({NUMBER})\s*(h|hr|hrs|hour|hours)?\.?", re.ASCII)
HOURS_MINUTES = re.compile(
    r"(\d{1,4})\s*(?:h|hr|hrs|hour|hours)\.?\s*(?:and\s*)?([0-5]?\d)\s*(?:m|min|mins|minutes)?\.?",
    re.ASCII,
)
CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::00)?\s*h?", re.ASCII)
ONLY_MINUTES = re.compile(rf"({NUMBER})\s*(?:m|min|mins|minute|minutes)\.?", re.ASCII)
DAYS = re.compile(rf"({NUMBER}|\d{{0,3}}\s?[½¼¾]|half a|half|a|one)\s*days?", re.ASCII)
HALF = re.compile(r"(\d{0,4})\s*([½¼¾])\s*(?:h|hr|hrs|hour|hours)?")
THOUSANDS = re.compile(r"\d{1,3},\d{3}", re.ASCII)
MIXED = re.compile(r"(\d{0,3})\s?([½¼¾])")
# 1.30 may be an hour and a half; 1.25 and 1.50 are decimals
LIKE_MINUTES = re.compile(r"\d{1,3}[.,](?!00|25|50)[0-5]\d", re.ASCII)


def read_minutes(value: object, *, hours_per_day: float, one_day: bool = False) -> CellValue[int]:
    """Read one cell as minutes, rounded to the nearest whole minute.

    `value` is text or a spreadsheet's own cell value; `hours_per_day` comes from the rules;
    `one_day` says that the activity's dates are a single day, so that 24 hours or more is worth
    checking.
    """
    if isinstance(value, bool | Unreadable):
        return CellValue(problem=EXPECTED)
    if isinstance(value, timedelta):
        return _checked(
            Decimal(round(value.total_seconds())) / MINUTES, one_day=one_day, bare=False
        )
    if isinstance(value, datetime):
        return CellValue(problem=EXPECTED)
    if isinstance(value, time):
        return _checked(
            Decimal(value.hour * MINUTES + value.minute) + Decimal(value.second) / MINUTES,
            one_day=one_day,
            bare=False,
        )
    text = _plain(cell_text(value))
    for pattern, reader in (
        (HALF, _half),
        (HOURS_MINUTES, _hours_minutes),
        (CLOCK, _hours_minutes),
        (ONLY_MINUTES, _minutes),
    ):
        match = pattern.fullmatch(text)
        if match:
            return _checked(reader(match), one_day=one_day, bare=False)
    match = DAYS.fullmatch(text)
    if match:
        minutes = _decimal(match[1]) * Decimal(str(hours_per_day)) * MINUTES
        read = _checked(minutes, one_day=False, bare=False)
        return CellValue(
            value=read.value,
            problem=read.problem,
            flag=read.flag,
            note=f"{text} read as {_shown(minutes)} h",
        )
    match = HOURS.fullmatch(text)
    if match and not THOUSANDS.fullmatch(text):
        return _checked(_decimal(match[1]) * MINUTES, one_day=one_day, bare=match[2] is None)
    return CellValue(problem=EXPECTED)


def _plain(text: str) -> str:
    """Return the text with full-width digits as ASCII, in lower case and with single spaces.

    Fractions such as ½ are kept.
    """
    wide = "".join(
        unicodedata.normalize("NFKC", c) if "\uff00" <= c <= "\uff5e" else c for c in text
    )
    return re.sub(r"\s+", " ", wide).strip().lower()


def writes_minutes(value: object) -> bool:
    """Whether a cell writes hours and minutes, as 1:30 and 1h30 do.

    If so, 1.30 elsewhere in the same file may mean hours and minutes too.
    """
    if isinstance(value, time | timedelta):
        return True
    text = _plain(cell_text(value))
    return bool(CLOCK.fullmatch(text) or HOURS_MINUTES.fullmatch(text))


def like_minutes(value: object) -> bool:
    """Whether a decimal could be meant as hours and minutes, such as 1.30 or 2.45."""
    return bool(LIKE_MINUTES.fullmatch(_plain(cell_text(value))))


def _decimal(text: str) -> Decimal:
    if mixed := MIXED.fullmatch(text):
        return Decimal(mixed[1] or 0) + Decimal(FRACTIONS[mixed[2]])
    return Decimal(FRACTIONS.get(text, text).replace(",", "."))


def _half(match: re.Match[str]) -> Decimal:
    return (Decimal(match[1] or 0) + Decimal(FRACTIONS[match[2]])) * MINUTES


def _hours_minutes(match: re.Match[str]) -> Decimal:
    return Decimal(match[1]) * MINUTES + Decimal(match[2])


def _minutes(match: re.Match[str]) -> Decimal:
    return _decimal(match[1])


def _shown(minutes: Decimal) -> str:
    return f"{(minutes / MINUTES).normalize():f}"


def _checked(minutes: Decimal, *, one_day: bool, bare: bool) -> CellValue[int]:
    whole = int(minutes.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if whole > MOST_HOURS * MINUTES or whole < 0:
        return CellValue(problem=f"{EXPECTED}, up to {MOST_HOURS} hours")
    if whole == 0:
        return CellValue(value=0, flag="0 hours")
    if (bare and one_day and whole >= 24 * MINUTES) or (bare and whole > MANY_HOURS * MINUTES):
        return CellValue(
            value=whole,
            flag=f"{_shown(Decimal(whole))} hours for one activity: were these minutes?",
        )
    return CellValue(value=whole)
