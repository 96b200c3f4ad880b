"""Which number was probably meant, when a number differs by one slip of the hand?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_kit.journey.intake.nearest_numbers import NearestNumbers

REGISTER = NearestNumbers(["X0012345", "X0099999", "0012345", "AB-1234"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("X0012346", "X0012345"),
        ("X001245", "X0012345"),
        ("X00123455", "X0012345"),
        ("X0012354", "X0012345"),
        ("12345", "0012345"),
        ("AB1234", "AB-1234"),
        ("A8-1234", "AB-1234"),
        ("X00I2345", "X0012345"),
        ("ZZ777", None),
        ("", None),
    ],
)
def test_a_slip_finds_the_number_that_was_meant(written, meant):
    assert REGISTER.of(written) == meant


@given(
    st.from_regex(r"[A-Z0-9]{6,12}", fullmatch=True),
    st.integers(min_value=0, max_value=5),
    st.sampled_from("ABC789"),
)
def test_every_single_slip_finds_its_number(number, place, other):
    register = NearestNumbers([number])
    for slip in (
        number[:place] + number[place + 1 :],
        number[:place] + other + number[place:],
        number[:place] + other + number[place + 1 :],
    ):
        assert register.of(slip) == number
