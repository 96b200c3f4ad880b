"""What the screen and the program say to each other: answers, the judgement as the form holds it, and what the rules choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import HandBackReason, Judgement, JudgementState

EMPTY = Judgement(levels={}, comments={}, outcome=None, advice="")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the screen is told after a message, and what it needs to go on. `to` names the message: another window on this kernel takes no notice."""

    kind: str
    to: str = ""
    text: str = ""
    version: int | None = None
    state: dict[str, Any] | None = None
    reference: dict[str, Any] | None = None
    html: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON can hold it."""
        return {name: value for name, value in self.__dict__.items() if value not in (None, "")}


def judgement_state(version: int, standing: Judgement | None) -> dict[str, Any]:
    """The judgement that stands, as the form holds it."""
    known = (standing or EMPTY).as_dict()
    return {
        "version": version,
        "submitted": known.pop("state") == JudgementState.SUBMITTED.value,
        **known,
    }


def judgement_from(state: dict[str, Any]) -> Judgement:
    """The judgement that the form holds."""
    done = JudgementState.SUBMITTED if state["submitted"] else JudgementState.DRAFT
    fields = {
        name: value
        for name, value in state.items()
        if name in EMPTY.as_dict() and name not in {"state", "themes"}
    }
    return Judgement(**fields, themes=tuple(state["themes"]), state=done)


def setup_of(rules: Rules) -> dict[str, Any]:
    """What the rules choose: criteria, levels, outcomes, and the words of a reading."""

    def choices(*lists: Any) -> list[dict[str, str]]:  # noqa: ANN401  (tuples of Choice)
        return [{"code": one.code, "label": one.label} for many in lists for one in many]

    return {
        "edition": rules.edition,
        "levels": choices(rules.levels),
        "outcomes": choices(rules.outcomes),
        "areas": choices(rules.areas, rules.partly_stated_areas),
        "activity_types": [
            *choices(rules.activity_types),
            {"code": "other", "label": "Another kind"},
        ],
        "criteria": [
            {"code": one.code, "label": one.label, "question": one.question, "prompt": one.prompt}
            for one in rules.judged_criteria
        ],
        "hand_back_reasons": [
            {"code": HandBackReason.RECOGNISED.value, "label": "I recognise this person"},
            {"code": HandBackReason.CONFLICT.value, "label": "I have a conflict of interest"},
            {"code": HandBackReason.OUTSIDE_MY_FIELD.value, "label": "It is outside my field"},
            {"code": HandBackReason.NO_TIME.value, "label": "I have no time"},
        ],
    }
