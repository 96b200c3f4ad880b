"""Which words does the program give to the screen? Without a browser."""

from concurrent.futures import Future

import pytest

from assessor_kit.errors import NoSuchWorkspace
from assessor_kit.rules import load_rules
from assessor_kit.vocabulary import Judgement, unseen_in, visible
from assessor_kit.workbench.opening import Workbench
from assessor_kit.workbench.page import in_plain_words, natural_order, without_escapes
from assessor_kit.workbench.phrase_bank import phrase_bank

RULES = load_rules("iet", 2016)


def own_phrases(comment, titles):
    said = Judgement(levels={}, comments={"total_hours": comment}, outcome=None, advice="")
    bank = phrase_bank(RULES, [(said, titles)], gaps={})
    return [one["text"] for one in bank["total_hours"] if one["tone"] == "own"]


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Grid code webinar", "The grid  code webinar was a good choice."),
        ("Grid code webinar (Birmingham)", "I liked the Grid Code Webinar."),
        ("Toastmasters", "Well done at Toastmasters."),
        ("", "You say “it changed how I work”, which is good."),
        ("Kurs über Schutztechnik", "Der Kurs über Schutztechnik passt."),
    ],
)
def test_what_names_one_return_is_offered_for_no_other(title, sentence):
    assert own_phrases(f"{sentence} Keep going.", [title]) == ["Keep going."]


def test_what_names_nothing_is_offered_again():
    assert own_phrases("Please date each line.", ["Dating", "Line management course"]) == [
        "Please date each line."
    ]


def test_goals_are_in_natural_order():
    names = ["10", "2", "G10", "G2", "1", "2 (3)"]
    assert sorted(names, key=natural_order) == ["1", "2", "2 (3)", "10", "G2", "G10"]


def test_no_escape_of_an_unseen_character_is_left_in_what_a_member_wrote():
    unseen = [chr(code) for code in range(0x110000) if unseen_in(chr(code))]
    assert without_escapes(visible("a" + "".join(unseen) + "b")) == "ab"
    assert without_escapes(r"C:\users\u12 and \u00e9") == r"C:\users\u12 and \u00e9"


def test_what_was_found_in_a_cell_is_told_in_words():
    assert in_plain_words("read as job_role_technical", RULES) == "read as Job-role technical"
    assert in_plain_words("characters that cannot be seen: \\u202c\\u00ad", RULES) == (
        "characters that cannot be seen"
    )
    assert in_plain_words("the file my_own_name", RULES) == "the file my_own_name"


def test_a_screen_that_cannot_open_is_shown_all_the_same():
    """It says why once it is shown: the cell that shows it must not fail before."""
    shut = Future()
    shut.set_exception(NoSuchWorkspace("There is no workspace in w"))
    assert repr(Workbench(shut)) == "Workbench"
