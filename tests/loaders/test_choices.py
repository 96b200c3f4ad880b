"""Which of the scheme's words is meant by what people write, and what is noted about it?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor_kit.loaders.cells.choices import (
    accepted_words,
    read_activity_type,
    read_area,
    read_competences,
    read_planned,
)
from assessor_kit.rules import load_rules

RULES = load_rules("iet", 2016)
TYPES = accepted_words(RULES.activity_types)
AREAS = accepted_words((*RULES.areas, *RULES.partly_stated_areas))


@pytest.mark.parametrize(
    ("written", "code", "noted"),
    [
        ("Training courses", "training", False),
        ("training course", "training", False),
        ("T", "training", False),
        ("Work experience", "work_experience", False),
        ("workshop", "training", True),
        ("Webinars", "training", True),
        ("seminar", "events", False),
        ("conference", "events", True),
        ("self-study", "self_study", False),
        ("mentoring", "volunteering", True),
        ("on the job", "work_experience", True),
        ("juggling", "other", True),
        ("", "", False),
        (None, "", False),
    ],
)
def test_activity_types_are_read_by_name_letter_and_common_word(written, code, noted):
    read = read_activity_type(written, TYPES)
    assert (read.value, bool(read.note)) == (code, noted)
    assert not read.problem


@pytest.mark.parametrize(
    ("written", "code", "noted"),
    [
        ("Personal technical", "personal_technical", False),
        ("soft skills", "personal_soft", False),
        ("interpersonal", "personal_soft", False),
        ("technical - role", "job_role_technical", False),
        ("technical", "technical", True),
        ("cookery", "", True),
        ("", "", False),
    ],
)
def test_areas_are_read_and_the_half_stated_one_is_noted(written, code, noted):
    read = read_area(written, AREAS)
    assert (read.value, bool(read.note)) == (code, noted)


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("yes", "yes"),
        ("Y", "yes"),
        (True, "yes"),
        ("Planned", "yes"),
        ("1", "yes"),
        (1, "yes"),
        ("no", "no"),
        ("unplanned", "no"),
        ("0", "no"),
        (False, "no"),
        ("", "unmarked"),
        (None, "unmarked"),
        ("perhaps", "unmarked"),
    ],
)
def test_planned_has_three_states(written, state):
    assert read_planned(written).value == state


@pytest.mark.parametrize(
    ("written", "letters", "flagged"),
    [
        ("A, C", "AC", False),
        ("A1;C2", "AC", False),
        ("A/C", "AC", False),
        ("c and a", "AC", False),
        ("ABE", "ABE", False),
        ("", "", False),
        ("A, Z", "A", True),
        ("leadership", "", True),
    ],
)
def test_competences_are_read_in_any_form_of_list(written, letters, flagged):
    read = read_competences(written, RULES.competences)
    assert (read.value, bool(read.flag)) == (letters, flagged)


@given(st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.booleans(), st.none()))
def test_no_cell_ever_raises_and_nothing_but_the_rules_own_codes_comes_out(value):
    assert read_activity_type(value, TYPES).value in {
        "",
        "other",
        *(choice.code for choice in RULES.activity_types),
    }
    assert read_area(value, AREAS).value in {
        "",
        *(choice.code for choice in (*RULES.areas, *RULES.partly_stated_areas)),
    }
    assert set(read_competences(value, RULES.competences).value) <= {
        choice.code for choice in RULES.competences
    }
    assert read_planned(value).value in {"yes", "no", "unmarked"}


@given(
    st.sets(st.sampled_from([choice.code for choice in RULES.competences])),
    st.sampled_from([", ", "; ", "/", " ", ""]),
)
def test_competences_written_out_are_read_back_the_same(letters, separator):
    assert read_competences(separator.join(sorted(letters)), RULES.competences).value == "".join(
        sorted(letters)
    )
