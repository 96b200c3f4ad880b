"""Does every error say where, what was found, what was expected and what to do?"""

import inspect
import re

import pytest

from assessor_kit import errors
from assessor_kit.errors import AssessorKitError, Conflict, RulesError

KINDS = {
    name: thing
    for name, thing in vars(errors).items()
    if inspect.isclass(thing) and issubclass(thing, AssessorKitError)
}


def test_the_tree_at_the_top_of_the_file_is_the_tree_of_classes():
    drawn = {}
    above = {}
    for line in errors.__doc__.splitlines():
        found = re.match(r"^ {4}((?:[|`]?[ -]+)*)([A-Z]\w+)(?:  |$)", line)
        if found:
            depth = len(found[1]) // 4
            above[depth] = found[2]
            drawn[found[2]] = above[depth - 1] if depth else "Exception"
    assert drawn == {name: kind.__base__.__name__ for name, kind in KINDS.items()}


@pytest.mark.parametrize("name", KINDS)
def test_every_error_is_explained_in_a_sentence(name):
    assert KINDS[name].__doc__.endswith(".")


def test_an_error_is_one_line_of_plain_english():
    error = RulesError(
        "the key 'hours' is missing",
        where="iet/2016.toml",
        expected="a value for hours",
        advice="Mend the file.",
    )
    assert (
        str(error)
        == "iet/2016.toml: the key 'hours' is missing. Expected: a value for hours. Mend the file."
    )


def test_parts_that_do_not_apply_leave_no_trace():
    assert str(AssessorKitError("There is no draw for 2016")) == "There is no draw for 2016."
    assert (
        str(AssessorKitError("Which year?", advice="Pass --cpd-year"))
        == "Which year? Pass --cpd-year."
    )


def test_a_conflict_keeps_both_judgements():
    conflict = Conflict(
        "Someone saved first", mine={"version": 1}, theirs={"version": 2}, advice="Compare the two."
    )
    assert (conflict.mine, conflict.theirs) == ({"version": 1}, {"version": 2})
    assert str(conflict) == "Someone saved first. Compare the two."
