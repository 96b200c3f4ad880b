"""What the screen and the program say to each other.

These are the answers, the judgement as the form holds it, and the choices that the rules offer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from assessor_kit.rules.schema import Rules
from assessor_kit.vocabulary import (
    UNSEEN_CHARACTER,
    HandBackReason,
    Judgement,
    JudgementState,
)

EMPTY = Judgement(levels={}, comments={}, outcome=None, advice="")
HAND_BACK_REASONS = {
    HandBackReason.RECOGNISED.value: "I recognise this person",
    HandBackReason.CONFLICT.value: "I have a conflict of interest",
    HandBackReason.OUTSIDE_MY_FIELD.value: "It is outside my field",
    HandBackReason.NO_TIME.value: "I have no time",
}
# The same characters in the browser's way of writing them.
UNSEEN = re.sub(r"\\U000([0-9a-f]{5})", r"\\u{\1}", UNSEEN_CHARACTER.pattern)


@dataclass(frozen=True, kw_only=True)
class ScreenAnswer:
    """The answer to a message, with what the screen needs to go on.

    `to` names the message; another window on the same kernel takes no notice.
    """

    kind: str
    to: str = ""
    text: str = ""
    version: int | None = None
    state: dict[str, Any] | None = None
    reference: dict[str, Any] | None = None
    html: str = ""
    handed_back: list[dict[str, str]] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as a dictionary that JSON can hold."""
        return {name: value for name, value in self.__dict__.items() if value not in (None, "")}


def judgement_state(version: int, standing: Judgement | None) -> dict[str, Any]:
    """Return the judgement in the store, as the form holds it."""
    known = (standing or EMPTY).as_dict()
    return {
        "version": version,
        "submitted": known.pop("state") == JudgementState.SUBMITTED.value,
        **known,
    }


def judgement_from(state: dict[str, Any]) -> Judgement:
    """Return the judgement that the form holds."""
    done = JudgementState.SUBMITTED if state["submitted"] else JudgementState.DRAFT
    fields = {
        name: value
        for name, value in state.items()
        if name in EMPTY.as_dict() and name not in {"state", "themes"}
    }
    return Judgement(**fields, themes=tuple(state["themes"]), state=done)


def setup_of(rules: Rules) -> dict[str, Any]:
    """Return what the rules offer: criteria, levels, outcomes and words for a reading."""

    def choices(*lists: Any) -> list[dict[str, str]]:  # noqa: ANN401  (tuples of Choice)
        return [{"code": one.code, "label": one.label} for many in lists for one in many]

    return {
        "edition": rules.edition,
        "levels": choices(rules.levels),
        "outcomes": [
            {"code": one.code, "label": one.label, "needs_words": one.needs_words}
            for one in rules.outcomes
        ],
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
            {"code": code, "label": label} for code, label in HAND_BACK_REASONS.items()
        ],
        "unseen": UNSEEN,
    }
