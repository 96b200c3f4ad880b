"""Do the closed lists and small records keep their promises?"""

import json
from dataclasses import FrozenInstanceError

import pytest

from assessor_kit.vocabulary import (
    Judgement,
    JudgementState,
    Problem,
    Requirement,
    Standing,
    TargetBasis,
    hours_text,
)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1470, "24 h 30 min"),
        (1800, "30 h"),
        (45, "45 min"),
        (0, "0 h"),
        (60, "1 h"),
        (61, "1 h 1 min"),
    ],
)
def test_minutes_are_said_as_people_say_them(minutes, said):
    assert hours_text(minutes) == said


def test_a_standing_never_says_pass_or_fail():
    assert not [word for word in Standing if "pass" in word or "fail" in word]


def test_a_problem_always_has_all_its_keys():
    assert Problem(found="-3", row=7, column="hours").as_dict() == {
        "file": None,
        "sheet": None,
        "row": 7,
        "column": "hours",
        "found": "-3",
        "expected": None,
        "advice": None,
    }


def test_a_judgement_survives_json():
    judgement = Judgement(
        levels={"reflection": "sound"},
        comments={},
        outcome="advice",
        advice="Say what changed.",
        themes=("say_what_changed",),
        state=JudgementState.SUBMITTED,
    )
    back = json.loads(json.dumps(judgement.as_dict()))
    assert (
        Judgement(
            **{**back, "themes": tuple(back["themes"]), "state": JudgementState(back["state"])}
        )
        == judgement
    )


def test_a_judgement_is_a_draft_until_it_is_submitted():
    assert Judgement(levels={}, comments={}, outcome=None, advice="").state is JudgementState.DRAFT


def test_a_record_handed_on_cannot_be_changed():
    needed = Requirement(
        return_id="R",
        target_basis=TargetBasis.STANDARD,
        target_minutes=1800,
        planned_minutes_needed=600,
        areas_apply=True,
    )
    with pytest.raises(FrozenInstanceError):
        needed.target_minutes = 600
