"""When was it? Day first, never guessed, never moved."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_kit.loaders.cells.cell_values import Unreadable
from assessor_kit.loaders.cells.dates import read_iso_moment, read_optional_day, read_span

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    ("started", "ended", "days"),
    [
        ("31/03/2016", "", (date(2016, 3, 31),) * 2),
        ("3.4.16", "", (date(2016, 4, 3),) * 2),
        ("2016-04-03", "", (date(2016, 4, 3),) * 2),
        ("3-4-2016", "", (date(2016, 4, 3),) * 2),
        ("3 Mar 2016", "", (date(2016, 3, 3),) * 2),
        ("3rd March 2016", "", (date(2016, 3, 3),) * 2),
        ("March 2016", "", (date(2016, 3, 1), None)),
        ("03/04/2016 - 05/04/2016", "", (date(2016, 4, 3), date(2016, 4, 5))),
        ("03/04/2016–05/04/2016", "", (date(2016, 4, 3), date(2016, 4, 5))),
        ("3 Mar 2016 to 5 Mar 2016", "", (date(2016, 3, 3), date(2016, 3, 5))),
        ("01/02/2016", "ongoing", (date(2016, 2, 1), None)),
        ("01/02/2016 - ongoing", "", (date(2016, 2, 1), None)),
        ("Jan 2016", "Mar 2016", (date(2016, 1, 1), date(2016, 3, 31))),
        (date(2016, 2, 1), "", (date(2016, 2, 1),) * 2),
        (datetime(2016, 2, 1, 9, 30), "2016-02-02 17:00", (date(2016, 2, 1), date(2016, 2, 2))),  # noqa: DTZ001
        ("", "", (None, None)),
    ],
)
def test_dates_that_people_write_are_read_day_first(started, ended, days):
    span = read_span(started, ended).value
    assert (span.start, span.end) == days


@pytest.mark.parametrize(
    ("started", "ended"),
    [
        ("30/02/2016", ""),
        ("2016-13-01", ""),
        ("soon", ""),
        ("05/04/2016", "03/04/2016"),
        ("32 Mar 2016", ""),
        ("03/04/2016 - soon", ""),
        ("", "03/04/2016"),
        ("03/04/2016 - 05/04/2016", "06/04/2016"),
        (time(9, 30), ""),
        (True, ""),
        (42430, ""),
        ("٣/٤/٢٠١٦", ""),
        ("2016-03-01" * 20, ""),
        (Unreadable(found="#N/A", expected="a value", advice="Mend it."), ""),
    ],
)
def test_impossible_and_unreadable_dates_reject_the_row(started, ended):
    read = read_span(started, ended)
    assert read.value is None
    assert read.problem


@pytest.mark.parametrize(
    ("written", "ambiguous", "day_first"),
    [
        ("03/04/2016", True, False),
        ("13/04/2016", False, True),
        ("04/04/2016", False, False),
        ("2016-04-03", False, False),
    ],
)
def test_day_and_month_that_could_be_the_other_way_round_are_known(written, ambiguous, day_first):
    span = read_span(written).value
    assert (span.ambiguous, span.day_first) == (ambiguous, day_first)


def test_a_blank_date_is_taken_and_flagged():
    assert read_span("", "ongoing").flag == "no date"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2016-03-01", date(2016, 3, 1)),
        ("2016-03-01T09:30:00", datetime(2016, 3, 1, 9, 30)),  # noqa: DTZ001
        ("09:30:00", time(9, 30)),
    ],
)
def test_a_sheet_may_keep_a_moment_as_text(text, value):
    assert read_iso_moment(text) == value
    assert isinstance(read_iso_moment("soon"), Unreadable)


@given(DAYS)
def test_what_is_written_out_is_read_back_the_same(day):
    for written in (
        f"{day:%d/%m/%Y}",
        f"{day:%d.%m.%y}",
        day.isoformat(),
        f"{day.day} {day:%b} {day.year}",
        f"{day:%d %B %Y}",
        f"{day:%d-%m-%Y}",
        day,
    ):
        span = read_span(written).value
        assert (span.start, span.end) == (day, day), written


@given(DAYS, DAYS)
def test_a_span_never_ends_before_it_starts(first, last):
    read = read_span(f"{first:%d/%m/%Y} - {last:%d/%m/%Y}")
    assert (read.value is not None) == (first <= last)


@given(
    st.one_of(
        st.text(max_size=80),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.none(),
        st.dates(),
        st.datetimes(),
        st.times(),
    ),
    st.one_of(st.text(max_size=80), st.none(), st.dates()),
)
def test_no_cell_ever_raises(started, ended):
    read = read_span(started, ended)
    assert (read.value is None) == bool(read.problem)
    read_optional_day(started)
