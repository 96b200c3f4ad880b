"""Whose is it? Numbers stay text, and nothing is accepted that only looks like one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_kit.loaders.cells.cell_values import Shown
from assessor_kit.loaders.cells.identifiers import read_assessor_id, read_member_no, read_member_nos

NUMBERS = st.from_regex(r"[A-Z0-9-]{4,16}", fullmatch=True)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0012345", "0012345"),
        (" x0-1234 ", "X0-1234"),
        ("１２３４", "1234"),
        ("1E50", "1E50"),
        (12345, "12345"),
        (12345.0, "12345"),
        ("1E5", None),
        ("А1234", None),
        ("12", None),
        ("X" * 17, None),
        ("X00\u200b01", None),
        ("X0\n001", None),
        ("٣٤٥٦", None),
        ("ßßßß", None),
        ("X0_001", None),
        (True, None),
        (1234.5, None),
        (None, None),
        (Shown("0012345"), None),
    ],
)
def test_membership_numbers_stay_text_and_are_never_guessed(written, number):
    read = read_member_no(written)
    assert read.value == number
    assert (number is None) == bool(read.problem)


def test_full_width_digits_are_flagged():
    assert read_member_no("１２３４").flag


@given(NUMBERS)
def test_a_number_written_out_is_read_back_the_same(number):
    assert read_member_no(number).value == number
    assert read_member_no(f"  {number.lower()}\t").value == number


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.none()))
def test_no_cell_ever_raises_and_only_plain_numbers_come_out(value):
    for read in (read_member_no(value), read_assessor_id(value), read_member_nos(value)):
        assert read.value is None or read.value.isascii()
    number = read_member_no(value).value
    assert number is None or re.fullmatch(r"[A-Z0-9-]{4,16}", number)


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("X0001; X0002", "X0001;X0002"),
        ("", ""),
        ("X0001", "X0001"),
        ("X0001,X0002", None),
        ("X0001;?", None),
    ],
)
def test_lists_of_numbers_are_read_one_by_one(written, numbers):
    assert read_member_nos(written).value == numbers
