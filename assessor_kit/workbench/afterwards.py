"""What an assessor is told once their judgement is submitted: what was agreed, and staff's answers.

It comes beside their own words, and they can change nothing in it.
"""

from __future__ import annotations

from typing import Any

from assessor_kit.moderation import Side, compared
from assessor_kit.rules.schema import Rules
from assessor_kit.store import Workspace, current_judgement
from assessor_kit.store.log.agreed_judgements import AgreedJudgement, agreed_for
from assessor_kit.store.log.answers import answers_to
from assessor_kit.vocabulary import Judgement
from assessor_kit.workbench.moderating.views import answer_in_words, day_of


def told_afterwards(
    workspace: Workspace, return_id: str, *, assessor_id: str, rules: Rules
) -> dict[str, Any]:
    """Return what was agreed about a return, beside the assessor's own judgement, and answers.

    `agreed` is None until something was. Nobody else is named.
    """
    agreed = agreed_for(workspace, return_id, assessor_id=assessor_id)
    mine = current_judgement(workspace, return_id, assessor_id=assessor_id)[1]
    return {
        "agreed": _beside(agreed, mine, rules) if agreed and mine else None,
        "answers": [
            answer_in_words(one)
            for one in answers_to(workspace, return_id, assessor_id=assessor_id)
        ],
    }


def _beside(agreed: AgreedJudgement, mine: Judgement, rules: Rules) -> dict[str, Any]:
    sides = (Side(name="mine", judgement=mine), Side(name="agreed", judgement=agreed.judgement))
    return {
        "when": day_of(agreed.recorded_at),
        "why": agreed.why,
        "rows": [
            {
                "label": one.label,
                "mine": _together(one.values[0], one.words[0]),
                "agreed": _together(one.values[1], one.words[1]),
                "differs": one.differs,
            }
            for one in compared(sides, rules)
        ],
    }


def _together(value: str, words: str) -> str:
    return "\n".join(part for part in (value, words) if part)
