"""Which reflections of different members read alike, apart from the form's own wording?"""

import pandas as pd
from commands import run_cli

from assessor_kit import journey
from assessor_kit.engines import similar_text
from assessor_kit.engines.similar_text import similar_texts
from assessor_kit.store import Workspace

ONE = (
    "I learnt how a protection relay decides between a fault and an inrush of current and I changed"
    " the settings on two feeders after talking to my manager"
)
TWO = (
    "I learnt how a protection relay decides between a fault and an inrush of current and I changed"
    " the settings on three lines in spring"
)
OTHER = (
    "The negotiation podcast showed me that silence helps and in the next contract meeting I waited"
    " longer before I answered the supplier"
)


def texts(*rows):
    return pd.DataFrame(rows, columns=["member_no", "text"]).assign(text_id=range(len(rows)))


def test_a_text_that_keeps_most_of_another_members_words_is_found():
    found = similar_texts(texts(("M1", ONE), ("M2", OTHER), ("M3", TWO)))
    assert list(zip(found["text_a"], found["text_b"], strict=True)) == [(0, 2)]
    assert 0.4 < found["similarity"][0] < 1
    assert found["excerpt_a"][0][:40] == found["excerpt_b"][0][:40] == ONE[:40]


def test_word_for_word_the_same_is_one_whatever_the_spacing_and_capitals():
    found = similar_texts(texts(("M1", OTHER), ("M2", OTHER.upper().replace(" ", "  "))))
    assert list(found["similarity"]) == [1.0]


def test_a_members_own_texts_and_short_ones_are_not_paired():
    assert similar_texts(texts(("M1", ONE), ("M1", ONE))).empty
    assert similar_texts(texts(("M1", "went well"), ("M2", "went well"))).empty
    assert similar_texts(texts()).empty


def test_the_forms_own_wording_is_left_out(monkeypatch):
    monkeypatch.setattr(similar_text, "COMMON", 3)
    form = (
        "What did you learn and what would you do differently next time please write a few"
        " sentences "
    )
    rows = [
        (f"M{place}", form + " ".join(f"word{place}{at}" for at in range(8))) for place in range(6)
    ]
    assert similar_texts(texts(*rows)).empty


def test_pairs_that_nearly_everybody_shares_are_still_found_when_they_are_the_same_word_for_word(
    monkeypatch,
):
    monkeypatch.setattr(similar_text, "COMMON", 3)
    found = similar_texts(texts(*((f"M{place}", ONE) for place in range(6))))
    assert list(zip(found["text_a"], found["text_b"], strict=True)) == [
        (0, at) for at in range(1, 6)
    ]


def test_staff_see_pairs_by_pseudonym_and_the_command_prints_no_text(demonstration):
    found = journey.similar_reflections(Workspace.open(demonstration[0]), cpd_year=2016)
    assert list(found.columns) == [
        "similarity",
        "return_a",
        "activity_a",
        "excerpt_a",
        "return_b",
        "activity_b",
        "excerpt_b",
    ]
    assert found["similarity"].is_monotonic_decreasing
    assert (found["return_a"] != found["return_b"]).all()
    status, answer, _ = run_cli("similar", "--cpd-year", "2016", workspace=demonstration[0])
    assert (status, len(answer["pairs"])) == (0, len(found))
    assert set(answer["pairs"][0]) == {
        "similarity",
        "return_a",
        "activity_a",
        "return_b",
        "activity_b",
    }


def test_without_the_extra_staff_are_told_how_to_install_it(demonstration, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn.feature_extraction.text", None)
    note = journey.similar_reflections(Workspace.open(demonstration[0]), cpd_year=2016)["note"]
    assert "pip install 'assessor-kit[scale]'" in note[0]
