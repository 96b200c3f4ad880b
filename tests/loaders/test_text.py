"""What did they write? It is kept exactly, and unseen characters are named and escaped."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_kit.loaders.cells.text import read_needed_text, read_text
from assessor_kit.vocabulary import UNSEEN_CHARACTER, visible

SEEN_THOUGH_CONTROLS = (
    set("\t\n\r\u200d")
    | {chr(code) for code in range(0x600, 0x606)}
    | set("\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
)


@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200
    )
)
def test_text_that_can_be_stored_is_kept_exactly(text):
    assert read_text(text).value == text


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("plain", False),
        ("two\nlines\tand a tab\r\n", False),
        ("Zoe\u0308 👩‍🔬", False),
        ("محمد", False),
        ("a\u202eb", True),
        ("a\u200bb", True),
        ("a\x07b", True),
        ("\ufeffa", True),
        ("ZoÃ«", True),
    ],
)
def test_what_cannot_be_seen_is_flagged(text, flagged):
    assert bool(read_text(text).flag) == flagged


def test_what_no_database_can_hold_is_kept_as_its_escape():
    assert read_text("a\0b\ud800c").value == r"a\u0000b\ud800c"


@pytest.mark.parametrize(("length", "taken"), [(10_000, True), (10_001, False)])
def test_long_text_is_refused_and_never_cut(length, taken):
    read = read_text("a" * length)
    assert (read.value == "a" * length) == taken
    assert bool(read.problem) != taken


def test_needed_text_is_not_blank():
    assert read_needed_text(" \n").problem
    assert read_needed_text(" x ").value == " x "


@given(st.text(max_size=200))
def test_shown_text_holds_nothing_unseen_and_says_the_same(text):
    shown = visible(text)
    assert not any(found[1] for found in UNSEEN_CHARACTER.finditer(shown))
    assert visible(shown) == shown


def test_every_control_and_format_character_of_unicode_is_shown_but_for_those_with_a_shape():
    for code in range(0x3000):
        character = chr(code)
        if (
            unicodedata.category(character) in {"Cc", "Cf"}
            and character not in SEEN_THOUGH_CONTROLS
        ):
            assert visible(character) != character, hex(code)
