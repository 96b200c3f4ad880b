"""What the moderator's page shows of one return, as JSON values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from assessor_kit.moderation import Point, compared
from assessor_kit.rules.schema import Rules
from assessor_kit.store import OpenedReturn, Workspace, readings_of
from assessor_kit.store.log.agreed_judgements import AgreedJudgement
from assessor_kit.store.log.answers import AnswerToAssessor, RaisedMatter
from assessor_kit.store.moderated import ModeratedReturn
from assessor_kit.store.returns import open_to_moderate
from assessor_kit.vocabulary import Counting, Raised, StaffAnswer, hours_text
from assessor_kit.workbench.page import page_of

SIDE_LABELS = {
    "first": "First marking",
    "second": "Second marking",
    "fresh": "Fresh marking",
    "agreed": "What was agreed before",
}
ANSWER_LABELS = {
    StaffAnswer.STANDS: "It stands",
    StaffAnswer.CHANGE: "The rules or the finding should change",
    StaffAnswer.MODERATOR: "Sent to a moderator",
}


def page_to_moderate(workspace: Workspace, moderated: ModeratedReturn) -> dict[str, Any]:
    """Return the record of a return, its judgements side by side, and what is raised about it."""
    opened = open_to_moderate(workspace, moderated.return_id)
    rules = opened.rules
    record = page_of(opened, is_sample=workspace.is_sample, drawings=workspace.drawings)
    waits_for = [one.marking for one in moderated.markings if not one.is_submitted]
    sides = () if waits_for else moderated.sides
    return {
        "return_id": moderated.return_id,
        "is_sample": workspace.is_sample,
        "heading": record["heading"],
        "target": record["target"],
        "notices": record["notices"],
        "charts": record["charts"],
        "plan": record["plan"],
        "activities": [
            {
                name: one[name]
                for name in ("no", "title", "when", "time", "counts", "kind", "of_area", "texts")
            }
            | {"is_planned": one["is_planned"]}
            for one in record["activities"]
        ],
        "findings": [
            {"label": criterion.label, **record["findings"][criterion.code]}
            for criterion in rules.criteria
            if criterion.code in record["findings"]
        ],
        "readings": _readings(workspace, moderated, opened),
        "sides": [{"name": side.name, "label": SIDE_LABELS[side.name]} for side in sides],
        "points": [_point(one) for one in compared(sides, rules)] if sides else [],
        "settles": {name: event for name, (event, _) in moderated.submitted.items()},
        "waits_for": waits_for,
        "is_settled": moderated.is_settled,
        "held": moderated.held_because(rules),
        "agreed": _agreed(moderated.agreed, rules),
        "matters": [_matter(one, rules, record["findings"]) for one in moderated.raised],
    }


def _point(one: Point) -> dict[str, Any]:
    return {
        "code": one.code,
        "label": one.label,
        "values": list(one.values),
        "words": list(one.words),
        "differs": one.differs,
        "must_be_settled": one.must_be_settled,
        "has_words": one.code != "outcome",
    }


def _agreed(agreed: AgreedJudgement | None, rules: Rules) -> dict[str, Any] | None:
    if agreed is None:
        return None
    return {
        "by": agreed.by,
        "why": agreed.why,
        "when": day_of(agreed.recorded_at),
        "outcome": rules.label(agreed.judgement.outcome or ""),
        "advice": agreed.judgement.advice,
    }


def _matter(
    matter: RaisedMatter, rules: Rules, findings: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    finding = findings.get(matter.criterion, {})
    label = rules.criterion(matter.criterion).label if matter.criterion else ""
    return {
        "assessor_id": matter.assessor_id,
        "marking": matter.marking,
        "about": matter.about.value,
        "criterion": matter.criterion,
        "title": (
            f"{matter.assessor_id} asks for a second look"
            if matter.about is Raised.SECOND_LOOK
            else f"{matter.assessor_id} sees it otherwise: {label}"
        ),
        "finding": " · ".join(filter(None, (finding.get("standing"), finding.get("sentence")))),
        "words": matter.words,
        "since": day_of(matter.since),
        "answer": answer_in_words(matter.answer) if matter.answer else None,
    }


def answer_in_words(answer: AnswerToAssessor) -> dict[str, str]:
    """Return an answer as a screen shows it."""
    return {
        "about": answer.about.value,
        "criterion": answer.criterion,
        "answer": ANSWER_LABELS[answer.answer],
        "words": answer.words,
        "said": answer.said,
        "when": day_of(answer.recorded_at),
    }


def _readings(
    workspace: Workspace, moderated: ModeratedReturn, opened: OpenedReturn
) -> list[dict[str, str]]:
    """Return how each marker read activities otherwise than the member wrote them."""
    told = []
    for marking in moderated.markings:
        if not marking.is_submitted:
            continue
        rows = readings_of(workspace, moderated.return_id, assessor_id=marking.assessor_id)
        told += [
            {
                "side": SIDE_LABELS[marking.marking],
                "text": f"Activity {row['activity_no']}: {_as_read(row, opened.rules)}",
            }
            for row in rows.to_dict("records")
        ]
    return told


def _as_read(row: Mapping[Any, Any], rules: Rules) -> str:
    parts = [rules.label(str(row[name])) for name in ("activity_type", "area") if row[name]]
    if row["planned"]:
        parts.append(f"planned: {row['planned']}")
    if row["counting"] == Counting.PART.value and not pd.isna(row["part_minutes"]):
        parts.append(f"{hours_text(int(row['part_minutes']))} of it count")
    elif row["counting"]:
        parts.append({"count": "counts", "do not count": "does not count"}[str(row["counting"])])
    said = ", ".join(parts)
    return f"{said} ({row['reason']})" if row["reason"] else said


def day_of(moment: object) -> str:
    """Return the day of a moment as people write it."""
    return f"{moment:%d %B %Y}".lstrip("0")
