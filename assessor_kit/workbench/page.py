"""One return as the screen shows it: plain values and the charts' own drawings.

It is made before the assessor asks for it. Nothing here is markup except the charts, which `charts`
draws and escapes; the screen puts every other text into the page as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from assessor_kit import charts
from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers import apply_readings, finding_sentence, score_returns
from assessor_kit.store import OpenedReturn
from assessor_kit.store.blind.masking import MASKS
from assessor_kit.vocabulary import Planned, ProblemKind, Requirement, TargetBasis, hours_text

# What `visible` makes of a character that cannot be seen.
ESCAPED = re.compile(
    r"\\u(?:000[0-8bcef]|001[0-9a-f]|007f|008[0-9a-f]|009[0-9a-f]|00ad|061c|180e|200[bcef]"
    r"|202[a-e]|206[0-9a-f]|feff|fff[9abef]|d[89a-f][0-9a-f]{2})|\\U000(?:1bca[0-3]|1d17[3-9a]"
    r"|e00[0-7][0-9a-f])"
)
CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")  # such as job_role_technical, which nobody wrote
COUNTS_ONLY = "reflection"  # the scorer whose criterion only a person can judge
YOURS = "yours to judge"
PLANNED = {
    Planned.YES.value: "planned",
    Planned.NO.value: "not planned",
    Planned.UNMARKED.value: "not stated",
}


def page_of(opened: OpenedReturn, *, is_sample: bool, drawings: Path) -> dict[str, Any]:
    """Return everything that the screen shows of one return, as JSON values only.

    The judgement and the phrases are left out, because they change as the assessor writes.

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
    """Return the pseudonym, field, year and due date.

    There is never a name, nor the reason for a target.
    """
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
        return "This return has no target of hours."
    return f"The target is {hours_text(needed.target_minutes)}."


def _charts(opened: OpenedReturn, lines: pd.DataFrame, drawings: Path) -> list[dict[str, str]]:
    """Return each chart's drawing, and the column by which its bars filter activities.

    The column is empty if they filter nothing.
    """
    figures = charts.figures_of_return(
        lines, rules=opened.rules, requirement=opened.requirement, cpd_year=opened.cpd_year
    )
    return [{"by": by, "html": charts.kept_drawing(figure, drawings)} for by, figure in figures]


def _plan(opened: OpenedReturn, lines: pd.DataFrame) -> list[dict[str, Any]]:
    served = lines["goal_id"].value_counts()
    return [
        {
            "goal_id": str(goal["goal_id"]),
            "goal": without_escapes(str(goal["goal"])),
            "served": int(served.get(goal["goal_id"], 0)),
        }
        for goal in sorted(
            opened.goals.to_dict("records"), key=lambda goal: natural_order(str(goal["goal_id"]))
        )
    ]


def natural_order(name: str) -> list[tuple[int, int, str]]:
    """Return a sort key by which 2 comes before 10, whatever stands around the numbers."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold())
        for part in re.split(r"([0-9]+)", name)
        if part
    ]


def in_plain_words(told: str, rules: Rules) -> str:
    """Return what was found in a cell, with labels instead of codes and without escapes."""
    said = ESCAPED.sub("", told)
    if said != told:
        said = said.rstrip(": ")
    return CODE.sub(lambda found: rules.label(found[0]), said)


def without_escapes(text: str) -> str:
    """Return a member's words without the escapes of characters that cannot be seen."""
    return ESCAPED.sub("", text)


def _activity(line: Mapping[Any, Any], opened: OpenedReturn) -> dict[str, Any]:
    """Return one activity, as read by the assessor.

    `reading` holds what they have changed.
    """
    rules = opened.rules
    number = int(line["activity_no"])
    flagged = opened.problems[
        (opened.problems["kind"] == ProblemKind.PLEASE_CHECK.value)
        & (opened.problems["row"] == line["source_row"])
    ]
    mine = opened.readings[opened.readings["activity_no"] == number].to_dict("records")
    return {
        "no": number,
        "row": int(line["source_row"]),
        "title": without_escapes(str(line["title"])),
        "when": _when(line),
        "date": "" if line["started_on"] is None else f"{line['started_on']:%Y-%m-%d}",
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
        "texts": [
            without_escapes(str(line[name])) for name in ("learning", "reflection") if line[name]
        ],
        "evidence": without_escapes(str(line["evidence"])),
        "raw": [
            [str(heading), str(text)] for heading, text in json.loads(str(line["raw"])).items()
        ],
        "checks": [in_plain_words(str(found), rules) for found in flagged["found"]],
        "reading": (
            {
                str(name): _plain(value)
                for name, value in mine[0].items()
                if name not in {"return_id", "assessor_id"}
            }
            if mine
            else None
        ),
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  (a cell of a table)
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, int | float) else str(value)


def _word(code: object, if_missing: str, rules: Rules) -> str:
    if not code:
        return if_missing
    return "another kind" if code == "other" else rules.label(str(code))


def _when(line: Mapping[Any, Any]) -> str:
    start = line["started_on"]
    end = line["ended_on"]
    if start is None:
        return "no date"
    if end is None or end == start:
        return f"{start:%d %b %Y}".lstrip("0")
    return f"{start:%d %b} to {end:%d %b %Y}"


def _findings(opened: OpenedReturn, lines: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return the standing and sentence of each criterion, as recorded.

    Where the assessor's readings change either, both are also given as read.
    """
    recorded = {
        str(row["criterion"]): _in_words(row, opened.rules)
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
        said = _in_words(row, opened.rules)
        code = str(row["criterion"])
        if code in recorded and (said["standing"], said["sentence"]) != (
            recorded[code]["standing"],
            recorded[code]["sentence"],
        ):
            recorded[code] |= {
                "standing_as_read": said["standing"],
                "sentence_as_read": said["sentence"],
            }
    return recorded


def _in_words(row: Mapping[Any, Any], rules: Rules) -> dict[str, str]:
    counts_only = rules.criterion(str(row["criterion"])).scorer == COUNTS_ONLY
    return {
        "standing": YOURS if counts_only else str(row["standing"]),
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
    """Return the findings on the record itself, and checks that belong to no line.

    No assessor judges these findings.
    """
    judged = {criterion.code for criterion in opened.rules.judged_criteria}
    lines = set(opened.activities["source_row"])
    flagged = opened.problems[opened.problems["kind"] == ProblemKind.PLEASE_CHECK.value]
    whole = [
        f"Please check: {in_plain_words(str(found), opened.rules)}"
        for found, row in zip(flagged["found"], flagged["row"], strict=True)
        if row not in lines
    ]
    told = _texts_left_out(opened)
    return [*whole, *told] + [
        _in_words(row, opened.rules)["sentence"]
        for row in opened.findings.to_dict("records")
        if row["criterion"] not in judged
    ]


def _texts_left_out(opened: OpenedReturn) -> list[str]:
    texts = [
        *(str(text) for text in opened.goals["goal"]),
        *(
            str(text)
            for name in ("title", "learning", "reflection", "evidence")
            for text in opened.activities[name]
        ),
    ]
    if not any(ESCAPED.search(text) for text in texts):
        return []
    return ["Characters that cannot be seen are left out of what the member wrote."]


def _masked(opened: OpenedReturn) -> bool:
    """Whether some text is masked, so that it can be asked for as written."""
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
            "found": in_plain_words(str(found), opened.rules),
            "expected": in_plain_words(str(expected or ""), opened.rules),
        }
        for row, found, expected in zip(
            chosen["row"], chosen["found"], chosen["expected"], strict=True
        )
    ]


def gaps_of(opened: OpenedReturn, lines: pd.DataFrame) -> dict[str, str]:
    """Return what fills the gaps in phrases.

    {activity} is the longest activity that counts, {area} the area with the least time.
    """
    counted = lines[lines["counts"].astype(bool)]
    longest = counted.sort_values("minutes", kind="stable")["title"]
    spent = counted.groupby("area")["minutes"].sum()
    least = min(opened.rules.areas, key=lambda choice: int(spent.get(choice.code, 0)), default=None)
    return {
        "activity": f"“{longest.iloc[-1]}”" if len(longest) else "your main activity",
        "area": least.label.lower() if least else "another area",
    }


def _behind(criterion: Criterion, lines: pd.DataFrame) -> list[int]:
    """Return the numbers of the activities on which a criterion's finding rests.

    An activity that is not counted is behind no finding but those on the record itself.
    """
    counted = lines["counts"].astype(bool)
    chosen = {
        "planned_hours": counted & (lines["planned"] != Planned.NO.value),
        "plan_link": counted & (lines["goal_id"] != ""),
        "competence_mix": counted & (lines["competences"] != ""),
        "reflection": counted & (lines["reflection"] != ""),
        "record_flags": ~counted | lines["doubtful"].astype(bool),
    }.get(criterion.scorer, counted)
    return [int(number) for number in lines.loc[chosen, "activity_no"]]
