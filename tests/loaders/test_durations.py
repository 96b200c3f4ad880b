"""How long did it take? Every certain way of writing it is read, and none is guessed."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_kit.loaders.cells.cell_values import Shown, Unreadable
from assessor_kit.loaders.cells.durations import like_minutes, read_minutes, writes_minutes
from assessor_kit.vocabulary import hours_text

MOST = 2000 * 60


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("1.5", 90),
        ("1,5", 90),
        ("1h30", 90),
        ("1h 30m", 90),
        ("1 h", 60),
        ("1:30", 90),
        ("1:30 h", 90),
        ("90 min", 90),
        ("90 mins", 90),
        ("90 minutes", 90),
        ("½", 30),
        ("1½", 90),
        ("1 ½ h", 90),
        ("half a day", 180),
        ("½ day", 180),
        ("1½ days", 540),
        ("2 days", 720),
        ("a day", 360),
        ("0.7", 42),
        ("７", 420),
        (timedelta(minutes=90), 90),
        (time(1, 30), 90),
        (7.5, 450),
        (2, 120),
        ("1 hour 30 minutes", 90),
        ("1hr30", 90),
        ("0.008", 0),
        ("2000", MOST),
    ],
)
def test_durations_that_people_write_are_read_to_the_minute(written, minutes):
    assert read_minutes(written, hours_per_day=6).value == minutes


@pytest.mark.parametrize(
    "written",
    [
        "-1",
        "nan",
        "inf",
        "1e5",
        "1e2000000",
        "1,000",
        "5 points",
        "3pts",
        "N/A",
        "",
        "TRUE",
        True,
        "30%",
        "2001",
        "٣٠",
        "1_0",
        "1h90",
        "1:75",
        "1.5.2",
        "two",
        # As a sheet holds it.
        "1 000",
        datetime(2016, 3, 1, 12),  # noqa: DTZ001
        Shown("30%"),
        Unreadable(found="#N/A", expected="a value", advice="Mend it."),
    ],
)
def test_durations_that_would_be_a_guess_reject_the_row(written):
    read = read_minutes(written, hours_per_day=6)
    assert read.value is None
    assert "hours such as" in read.problem


def test_days_are_noted_with_the_hours_that_they_were_read_as():
    assert read_minutes("2 days", hours_per_day=6).note == "2 days read as 12 h"
    assert read_minutes("2 days", hours_per_day=7.5).value == 900


@pytest.mark.parametrize(
    ("written", "one_day", "flagged"),
    [
        ("90", False, True),
        ("60", False, False),
        ("61", False, True),
        ("24", True, True),
        ("23.9", True, False),
        ("24", False, False),
        ("24 h", True, False),
        ("0", False, True),
    ],
)
def test_a_bare_number_that_could_be_minutes_is_read_and_flagged(written, one_day, flagged):
    assert bool(read_minutes(written, hours_per_day=6, one_day=one_day).flag) == flagged


@pytest.mark.parametrize(
    ("written", "does"),
    [
        ("1:30", True),
        ("1h30", True),
        (time(1, 30), True),
        ("1.5", False),
        ("90 min", False),
        ("", False),
        (None, False),
    ],
)
def test_a_cell_that_writes_minutes_is_known(written, does):
    assert writes_minutes(written) == does


@pytest.mark.parametrize(
    ("written", "does"),
    [
        ("1.30", True),
        ("2.45", True),
        ("1,20", True),
        (1.45, True),
        ("1.5", False),
        ("1.25", False),
        ("1.50", False),
        ("1.75", False),
    ],
)
def test_a_decimal_that_could_mean_minutes_is_known(written, does):
    assert like_minutes(written) == does


@given(
    st.one_of(
        st.text(max_size=60),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.none(),
        st.times(),
        st.timedeltas(),
        st.dates(),
    )
)
def test_no_cell_ever_raises_and_none_gives_minutes_out_of_bounds(value):
    read = read_minutes(value, hours_per_day=6)
    assert (read.value is None) == bool(read.problem)
    assert read.value is None or 0 <= read.value <= MOST


@given(st.integers(min_value=1, max_value=MOST))
def test_what_is_written_out_is_read_back_the_same(minutes):
    hours, rest = divmod(minutes, 60)
    ways = [
        f"{hours}:{rest:02d}",
        f"{hours}h{rest:02d}",
        f"{hours} h {rest} min",
        f"{minutes} min",
        timedelta(minutes=minutes),
        hours_text(minutes),
    ]
    if minutes % 3 == 0:
        ways += [f"{Decimal(minutes) / 60:.2f}".rstrip("0"), minutes / 60]
    for written in ways:
        assert read_minutes(written, hours_per_day=6).value == minutes, written
