"""What identifies a member is hidden from assessors; what only looks like it stays."""

import pytest
from drawn import drawn
from hypothesis import given
from hypothesis import strategies as st

from assessor_kit.store.blind import masking
from assessor_kit.store.blind.masking import Identity, masked

ZOE = Identity(
    name="Zoë Wood", email="zoe.wood@example.org", member_no="X0012345", employer="Brightwater Grid"
)

WRITTEN = drawn("""
    written                                              | shown
    Course led by Zoë Wood in May                        | Course led by [name] in May
    Course led by ZOE WOOD in May                        | Course led by [name] in May
    Signed: Wood, Zoë                                    | Signed: [name]
    Zoe Anne Wood spoke                                  | [name] spoke
    Dr Wood spoke to Miss Zoë                            | [name] spoke to [name]
    Z. Wood and Z Wood                                   | [name] and [name]
    Write to zoe.wood@example.org, please                | Write to [e-mail], please
    My number is x0012345.                               | My number is [membership number].
    At Brightwater  Grid we learnt relays                | At [employer] we learnt relays
    The wood was wet and Zoë was there                   | The wood was wet and Zoë was there
    A course on wooden poles for Brightwater             | A course on wooden poles for Brightwater
    X00123456 is another number                          | X00123456 is another number
    Azoe Wood and zoe.wood@example.org.uk                | Azoe Wood and [e-mail].uk
""")


@pytest.mark.parametrize("row", WRITTEN.to_dict("records"), ids=lambda row: row["written"][:30])
def test_a_text_is_shown_without_its_writer(row):
    assert masked(row["written"], ZOE) == row["shown"]


@pytest.mark.parametrize(
    "identity", [Identity(), Identity(name="Cher"), Identity(name="  ", employer=" ")]
)
def test_a_member_of_whom_little_is_known_hides_nothing_else(identity):
    assert masked("Cher went to the seminar.", identity) == "Cher went to the seminar."


@given(st.text(max_size=200), st.text(max_size=20), st.text(max_size=20))
def test_no_text_and_no_name_is_too_strange(text, name, employer):
    shown = masked(text, Identity(name=name, employer=employer))
    assert shown == text or "[" in shown


@given(st.text(alphabet="ABCéÅß İıﬁ.,-", max_size=40))
def test_letters_that_change_their_length_shift_nothing(text):
    assert masked(f"{text} Zoë Wood {text}", ZOE) == f"{text} [name] {text}"


@pytest.mark.parametrize("text", ["A relay trips on a fault.", "Un relais déclenche.", ""])
def test_a_text_that_names_nobody_makes_no_pattern(text):
    """To make the patterns of each member took ten times as long as reading all lines."""
    masking.whole_word_pattern.cache_clear()
    who = Identity(
        name="Ada Lovelace", email="ada@example.org", member_no="X0001", employer="Brightwater"
    )
    assert masked(text, who) == text
    assert masking.whole_word_pattern.cache_info().misses == 0
    assert masked("Ms Lovelace wrote it", who) == "[name] wrote it"
