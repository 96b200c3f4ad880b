"""One return as the screen shows it: plain values and the charts' own drawings, made before the assessor asks for it.

Nothing here is markup but the charts, which `charts` draws and escapes; the screen puts every other text into the page as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from assessor_kit import charts
from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers import apply_readings, finding_sentence, score_returns
from assessor_kit.store import OpenedReturn
from assessor_kit.store.masking import MASKS
from assessor_kit.vocabulary import Planned, ProblemKind, Requirement, TargetBasis, hours_text

PLANNED = {
    Planned.YES.value: "planned",
    Planned.NO.value: "not planned",
    Planned.UNMARKED.value: "not stated",
}


def page_of(opened: OpenedReturn, *, is_sample: bool, drawings: Path) -> dict[str, Any]:
    """Everything the screen shows of one return but the judgement and the phrases at hand, which change as the assessor writes: JSON values only.

    `drawings`: the folder where drawn charts are kept.
    """
    lines = apply_readings(opened.activities, opened.readings)
    return {
        "return_id": opened.return_id,
        "is_sample": is_sample,
        "heading": _heading(opened),
        "target": _target(opened),
        "charts": _charts(opened, lines, drawings),
        "plan": _plan(opened, lines),
        "activities": [_activity(line, opened) for line in lines.to_dict("records")],
        "findings": _findings(opened, lines),
        "earlier": asdict(opened.earlier) if opened.earlier else None,
        "notices": _notices(opened),
        "masked": _masked(opened),
        "unread": _problems(opened, ProblemKind.REJECTED),
        "notes": _problems(opened, ProblemKind.NOTE),
        "gaps": gaps_of(opened, lines),
        "behind": {one.code: _behind(one, lines) for one in opened.rules.criteria},
    }


def _heading(opened: OpenedReturn) -> dict[str, str]:
    """Pseudonym, field, year and day due; never a name, never the reason for a target."""
    return {
        "pseudonym": opened.pseudonym,
        "discipline": opened.discipline,
        "cpd_year": str(opened.cpd_year),
        "marking": opened.marking,
        "due": f"{opened.due_on:%d %B %Y}".lstrip("0") if opened.due_on else "",
    }


def _target(opened: OpenedReturn) -> str:
    needed = opened.requirement
    if not opened.rules.guideline.counts_hours:
        return "This scheme sets no number of hours."
    if needed.target_basis is TargetBasis.UNCLEAR:
        return "The target is still being agreed."
    if needed.target_minutes is None:
        return "No hours are asked for."
    return f"The target that applies is {hours_text(needed.target_minutes)}."


def _charts(opened: OpenedReturn, lines: pd.DataFrame, drawings: Path) -> list[dict[str, str]]:
    """Each chart's drawing, and which column of an activity a click on a bar filters by (empty: none)."""
    figures = charts.figures_of_return(
        lines, rules=opened.rules, requirement=opened.requirement, cpd_year=opened.cpd_year
    )
    return [{"by": by, "html": charts.drawn(figure, drawings)} for by, figure in figures]


def _plan(opened: OpenedReturn, lines: pd.DataFrame) -> list[dict[str, Any]]:
    served = lines["goal_id"].value_counts()
    return [
        {
            "goal_id": str(goal["goal_id"]),
            "goal": str(goal["goal"]),
            "served": int(served.get(goal["goal_id"], 0)),
        }
        for goal in opened.goals.to_dict("records")
    ]


def _activity(line: Mapping[Any, Any], opened: OpenedReturn) -> dict[str, Any]:
    """One line, as read by the assessor; `reading` holds what they have changed."""
    rules, number = opened.rules, int(line["activity_no"])
    flagged = opened.problems[
        (opened.problems["kind"] == ProblemKind.PLEASE_CHECK.value)
        & (opened.problems["row"] == line["source_row"])
    ]
    mine = opened.readings[opened.readings["activity_no"] == number].to_dict("records")
    return {
        "no": number,
        "row": int(line["source_row"]),
        "title": str(line["title"]),
        "when": _when(line),
        "time": hours_text(int(line["minutes"])),
        "minutes": int(line["minutes"]),
        "counts": bool(line["counts"]),
        "activity_type": str(line["activity_type"]),
        "area": str(line["area"]),
        "planned": str(line["planned"]),
        "kind": _word(line["activity_type"], "kind not stated", rules),
        "of_area": _word(line["area"], "area not stated", rules),
        "is_planned": PLANNED[str(line["planned"])],
        "goal_id": str(line["goal_id"]),
        "competences": ", ".join(str(line["competences"])),
        "texts": [str(line[name]) for name in ("learning", "reflection") if line[name]],
        "evidence": str(line["evidence"]),
        "raw": [
            [str(heading), str(text)] for heading, text in json.loads(str(line["raw"])).items()
        ],
        "checks": [str(found) for found in flagged["found"]],
        "reading": {
            str(name): _plain(value)
            for name, value in mine[0].items()
            if name not in {"return_id", "assessor_id"}
        }
        if mine
        else None,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  (a cell of a table)
    return None if pd.isna(value) else int(value) if isinstance(value, int | float) else str(value)


def _word(code: object, if_missing: str, rules: Rules) -> str:
    return if_missing if not code else "another kind" if code == "other" else rules.label(str(code))


def _when(line: Mapping[Any, Any]) -> str:
    start, end = line["started_on"], line["ended_on"]
    if start is None:
        return "no date"
    if end is None or end == start:
        return f"{start:%d %b %Y}".lstrip("0")
    return f"{start:%d %b} to {end:%d %b %Y}"


def _findings(opened: OpenedReturn, lines: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Criterion -> standing and sentence as recorded; and as read, where the assessor's readings change either."""
    recorded = {
        str(row["criterion"]): _said(row, opened.rules)
        for row in opened.findings.to_dict("records")
    }
    if opened.readings.empty:
        return recorded
    returns = pd.DataFrame(
        {
            "return_id": [opened.return_id],
            "declared_minutes": pd.array([opened.declared_minutes], dtype="Int64"),
        }
    )
    rescored = score_returns(
        lines, opened.goals, _requirement_row(opened.requirement), returns, opened.rules
    )
    for row in rescored.to_dict("records"):
        said, code = _said(row, opened.rules), str(row["criterion"])
        if code in recorded and (said["standing"], said["sentence"]) != (
            recorded[code]["standing"],
            recorded[code]["sentence"],
        ):
            recorded[code] |= {
                "standing_as_read": said["standing"],
                "sentence_as_read": said["sentence"],
            }
    return recorded


def _said(row: Mapping[Any, Any], rules: Rules) -> dict[str, str]:
    return {
        "standing": str(row["standing"]),
        "sentence": finding_sentence({str(name): value for name, value in row.items()}, rules),
    }


def _requirement_row(one: Requirement) -> pd.DataFrame:
    row = {
        "return_id": one.return_id,
        "target_basis": one.target_basis.value,
        "target_minutes": one.target_minutes,
        "planned_minutes_needed": one.planned_minutes_needed,
        "areas_apply": one.areas_apply,
    }
    return pd.DataFrame([row]).astype(
        {"target_minutes": "Int64", "planned_minutes_needed": "Int64"}
    )


def _notices(opened: OpenedReturn) -> list[str]:
    """Findings on the record itself, which nobody judges, and what is to be checked but belongs to no line."""
    judged = {criterion.code for criterion in opened.rules.judged_criteria}
    lines = set(opened.activities["source_row"])
    flagged = opened.problems[opened.problems["kind"] == ProblemKind.PLEASE_CHECK.value]
    whole = [
        f"Please check: {found}"
        for found, row in zip(flagged["found"], flagged["row"], strict=True)
        if row not in lines
    ]
    return whole + [
        _said(row, opened.rules)["sentence"]
        for row in opened.findings.to_dict("records")
        if row["criterion"] not in judged
    ]


def _masked(opened: OpenedReturn) -> bool:
    """Whether some text stands masked, so that it can be asked for as written."""
    texts = [
        str(text)
        for name in ("title", "learning", "reflection")
        for text in opened.activities[name]
    ]
    return any(mask in text for text in texts for mask in MASKS)


def _problems(opened: OpenedReturn, kind: ProblemKind) -> list[dict[str, str]]:
    chosen = opened.problems[opened.problems["kind"] == kind.value]
    return [
        {
            "line": "" if pd.isna(row) else str(int(row)),
            "found": str(found),
            "expected": str(expected or ""),
        }
        for row, found, expected in zip(
            chosen["row"], chosen["found"], chosen["expected"], strict=True
        )
    ]


def gaps_of(opened: OpenedReturn, lines: pd.DataFrame) -> dict[str, str]:
    """What fills a phrase's gaps: {activity} is the longest activity, {area} the area with the least time."""
    counted = lines[lines["counts"].astype(bool)]
    longest = counted.sort_values("minutes", kind="stable")["title"]
    spent = counted.groupby("area")["minutes"].sum()
    least = min(opened.rules.areas, key=lambda choice: int(spent.get(choice.code, 0)), default=None)
    return {
        "activity": f"“{longest.iloc[-1]}”" if len(longest) else "your main activity",
        "area": least.label.lower() if least else "another area",
    }


def _behind(criterion: Criterion, lines: pd.DataFrame) -> list[int]:
    """The activities that a criterion's finding rests on, by number: what is not counted stands behind none but the record's own."""
    counted = lines["counts"].astype(bool)
    chosen = {
        "planned_hours": counted & (lines["planned"] != Planned.NO.value),
        "plan_link": counted & (lines["goal_id"] != ""),
        "competence_mix": counted & (lines["competences"] != ""),
        "reflection": counted & (lines["reflection"] != ""),
        "record_flags": ~counted | lines["doubtful"].astype(bool),
    }.get(criterion.scorer, counted)
    return [int(number) for number in lines.loc[chosen, "activity_no"]]
