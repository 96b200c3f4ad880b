"""What a judgement must hold before it is submitted, whoever submits it."""

from dataclasses import replace

import pytest
from seasons import judgement, small_season

from assessor_kit.errors import InvalidRequest
from assessor_kit.store import current_judgement, record_judgement
from assessor_kit.vocabulary import JudgementState


@pytest.fixture
def season(tmp_path, database):
    return small_season(tmp_path / "w")


def record(season, said, *, version=0):
    return record_judgement(
        season,
        "r1",
        assessor_id="A1",
        judgement=said,
        event_id=f"e{version + 1}",
        expected_version=version,
    )


def test_asking_for_more_without_words_is_a_draft_and_cannot_be_submitted(season):
    draft = replace(judgement(" \n"), outcome="more_please")
    assert record(season, draft) == 1
    with pytest.raises(InvalidRequest, match="the advice to the member is empty"):
        record(season, replace(draft, state=JudgementState.SUBMITTED), version=1)
    assert current_judgement(season, "r1", assessor_id="A1")[0] == 1
    said = replace(draft, advice="Please send the dates.", state=JudgementState.SUBMITTED)
    assert record(season, said, version=1) == 2


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ({"advice": "Read\u202e this"}, r"Advice to the member .*\\u202e"),
        ({"liked": "so\u00adft"}, r"What I liked .*\\u00ad"),
        ({"private_note": "a\x0bb"}, r"Private note .*\\u000b"),
        ({"comments": {"total_hours": "\u200b"}}, r"Comment on Hours .*\\u200b"),
        ({"disagreements": {"reflection": "\x00"}}, r"Why I disagree on Reflection .*\\u0000"),
    ],
)
def test_words_with_characters_that_cannot_be_seen_are_not_submitted(season, field, named):
    said = replace(judgement(), **field)
    assert record(season, said) == 1, "a draft may hold them until the screen takes them out"
    with pytest.raises(InvalidRequest, match=named):
        record(season, replace(said, state=JudgementState.SUBMITTED), version=1)
