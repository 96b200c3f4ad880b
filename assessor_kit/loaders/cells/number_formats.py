"""Find out what a number in a sheet means from its number format.

A spreadsheet keeps days, times and percentages as plain numbers with a format.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from enum import Enum

from assessor_kit.loaders.cells.cell_values import Shown, Unreadable, exact_text

BUILT_IN = {
    9: "0%",
    10: "0.00%",
    22: "yyyy-mm-dd h:mm",
    46: "[h]:mm:ss",
    **dict.fromkeys((14, 15, 16, 17, *range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), "h:mm"),
}
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
ZERO_PADDED = re.compile(r"0{2,}(?:[ /-]?0+)*")
# the serials of 1900-03-01 and 9999-12-31; the days from the epoch of 1900 to that of 1904
FIRST_SERIAL = 61
LAST_SERIAL = 2_958_465
DAYS_BETWEEN_EPOCHS = 1462
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  (spreadsheets know no time zones)


class Form(Enum):
    """What a number format turns a number into."""

    NUMBER = "number"
    DAY = "day"
    TIME = "time"
    DURATION = "duration"
    PERCENT = "percent"
    PADDED = "padded"


def form_of(code: str) -> Form:
    """Return the form of a format code such as `dd/mm/yyyy`, `[h]:mm` or `0%`.

    Only the first section of the code is looked at.
    """
    if code.casefold() == "general":
        return Form.NUMBER
    plain = LITERAL.sub("", code).split(";")[0].casefold()
    if "%" in plain:
        return Form.PERCENT
    if "[" in plain:
        return Form.DURATION
    if "y" in plain or "d" in plain or ("m" in plain and "h" not in plain and "s" not in plain):
        return Form.DAY
    if "h" in plain or "s" in plain:
        return Form.TIME
    return Form.PADDED if ZERO_PADDED.fullmatch(code) else Form.NUMBER


def value_of(number: float, form: Form, *, code: str, epoch_1904: bool) -> object:
    """Return the value that a person means: a number, day, time or duration.

    It is `Shown` or `Unreadable` where the number alone would mislead.
    """
    if form is Form.NUMBER:
        return int(number) if number.is_integer() else number
    if form is Form.PERCENT:
        return Shown(f"{number * 100:.10g}%")
    if form is Form.PADDED:
        return Shown(exact_text(number).zfill(code.count("0")))
    if form is Form.DURATION and 0 <= number <= LAST_SERIAL:
        return timedelta(seconds=round(number * 86_400))
    if form is Form.TIME and 0 <= number < 1:
        return (EPOCH + timedelta(seconds=round(number * 86_400))).time()
    return _day(number + (DAYS_BETWEEN_EPOCHS if epoch_1904 else 0))


def _day(serial: float) -> date | datetime | Unreadable:
    if not FIRST_SERIAL <= serial < LAST_SERIAL:
        return Unreadable(
            found=f"{serial:g} formatted as a date or time",
            expected="a possible date",
            advice="Type the date as text.",
        )
    moment = EPOCH + timedelta(seconds=round(serial * 86_400))
    return moment.date() if moment.time() == time(0) else moment
