"""From activities to findings: sums once per return, then every criterion that the rules configure. One implementation for all engines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import narwhals as nw
import pandas as pd

from assessor_kit.errors import RulesError
from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers import (
    activity_mix,
    area_split,
    competence_mix,
    plan_link,
    planned_hours,
    record_flags,
    reflection,
    soft_technical_mix,
    total_hours,
)
from assessor_kit.scorers.criterion import Scored, Scorer
from assessor_kit.scorers.lines import activities_to_score, returns_to_score
from assessor_kit.scorers.measures import FrameT, sums_per_return
from assessor_kit.tables import FINDINGS

SCORERS = (
    total_hours.SCORER, planned_hours.SCORER, area_split.SCORER, activity_mix.SCORER, soft_technical_mix.SCORER, competence_mix.SCORER,
    plan_link.SCORER, reflection.SCORER, record_flags.SCORER,
)
BETWEEN = "__"  # criterion__number: the columns of findings in one row per return


def score_returns(
    activities: pd.DataFrame, goals: pd.DataFrame, requirements: pd.DataFrame, returns: pd.DataFrame, rules: Rules, *, scorers: Sequence[Scorer] = SCORERS,
) -> pd.DataFrame:
    """One row per return and criterion, columns of `tables.FINDINGS`, in the order of the returns and of the rules.

    `activities`, `goals` and `requirements` as in `tables.py`; `returns` needs return_id and declared_minutes. A return without
    activities is scored too: everything in it is zero.
    """
    lines, rows = activities_to_score(activities, goals), returns_to_score(returns, requirements, goals)
    scored = findings_per_return(nw.from_native(lines, eager_only=True), nw.from_native(rows, eager_only=True), rules, scorers=scorers)
    return findings_in_rows(scored.to_native(), rules, scorers=scorers)


def findings_per_return(activities: FrameT, returns: FrameT, rules: Rules, *, scorers: Sequence[Scorer] = SCORERS) -> FrameT:
    """One row per return with all its findings, on any engine that narwhals knows, eager or lazy.

    `activities` and `returns` have the columns of `tables.ACTIVITIES_TO_SCORE` and `tables.RETURNS_TO_SCORE`. Columns: return_id;
    per criterion `CODE__standing` and a whole number `CODE__NAME` for each number behind it; thresholds (JSON: criterion -> name ->
    value), rules_edition, rules_digest. Lazy engines give the rows in any order.
    """
    criteria = scored_criteria(rules, scorers=scorers)
    measures = [measure for _, scored in criteria for measure in scored.measures]
    summed = sorted({name for measure in measures for name in measure.columns()})
    rows = returns.join(sums_per_return(activities, measures), on="return_id", how="left")
    # DuckDB sums integers into 128 bits, which arrive as floats: whole numbers must be whole on every engine.
    rows = rows.with_columns(nw.col(*summed).fill_null(0).cast(nw.Int64))
    rows = rows.with_columns(**{name: column for measure in measures for name, column in measure.both().items()})
    rows = rows.with_columns(**{name: column for _, scored in criteria for name, column in scored.derived.items()})
    return rows.select("return_id", **_columns(criteria), **{name: nw.lit(text) for name, text in _same_for_all(criteria, rules).items()})


def scored_criteria(rules: Rules, *, scorers: Sequence[Scorer] = SCORERS) -> list[tuple[Criterion, Scored]]:
    """Each criterion of the rules that a scorer looks at, in their order. Raises RulesError for a scorer that is not there."""
    by_name = {scorer.name: scorer for scorer in scorers}
    strangers = [criterion.scorer for criterion in rules.criteria if criterion.scorer and criterion.scorer not in by_name]
    if strangers:
        raise RulesError(f"There is no scorer {', '.join(strangers)}", where=rules.edition, expected=f"one of {', '.join(by_name)}",
                         advice="Mend the key `scorer` of the criterion, or leave it empty where only a person can tell.")
    return [(criterion, by_name[criterion.scorer].score(criterion, rules)) for criterion in rules.criteria if criterion.scorer]


def _columns(criteria: list[tuple[Criterion, Scored]]) -> dict[str, nw.Expr]:
    return {f"{criterion.code}{BETWEEN}{name}": column for criterion, scored in criteria
            for name, column in (("standing", scored.standing), *scored.numbers.items())}


def _same_for_all(criteria: list[tuple[Criterion, Scored]], rules: Rules) -> dict[str, str]:
    thresholds = {criterion.code: dict(scored.thresholds) for criterion, scored in criteria}
    return {"thresholds": json.dumps(thresholds), "rules_edition": rules.edition, "rules_digest": rules.digest}


def findings_in_rows(per_return: pd.DataFrame, rules: Rules, *, scorers: Sequence[Scorer] = SCORERS) -> pd.DataFrame:
    """Columns of `tables.FINDINGS` from one row per return: what the store keeps and `finding_sentence` says."""
    parts = [_of_criterion(per_return, criterion.code, list(scored.numbers), scored, place)
             for place, (criterion, scored) in enumerate(scored_criteria(rules, scorers=scorers))]
    if not parts:
        return pd.DataFrame(columns=list(FINDINGS.column_names))
    rows = pd.concat(parts).sort_values("place", kind="stable").sort_index(kind="stable")
    return rows.assign(rules_edition=rules.edition, rules_digest=rules.digest)[list(FINDINGS.column_names)].reset_index(drop=True)


def _of_criterion(per_return: pd.DataFrame, code: str, names: list[str], scored: Scored, place: int) -> pd.DataFrame:
    columns = [per_return[f"{code}{BETWEEN}{name}"].astype(object) for name in names]
    values = [[None if pd.isna(value) else int(value) for value in column] for column in columns]
    numbers = [json.dumps(dict(zip(names, row, strict=True))) for row in zip(*values, strict=True)] if names else ["{}"] * len(per_return)
    return pd.DataFrame({
        "return_id": per_return["return_id"], "criterion": code, "standing": per_return[f"{code}{BETWEEN}standing"], "numbers": numbers,
        "thresholds": json.dumps(dict(scored.thresholds)), "place": place}, index=range(len(per_return)))


def finding_sentence(finding: Mapping[str, object], rules: Rules, *, scorers: Sequence[Scorer] = SCORERS) -> str:
    """One finding in plain English, for assessor and member alike. `finding` is a row of `tables.FINDINGS`.

    A finding of an earlier edition stays readable: where today's rules have no such criterion, or its numbers are others, its
    standing and numbers are listed as they are.
    """
    code, standing = str(finding["criterion"]), str(finding["standing"])
    numbers, thresholds = json.loads(str(finding["numbers"])), json.loads(str(finding["thresholds"]))
    names = {criterion.code: criterion.scorer for criterion in rules.criteria}
    sentences = {scorer.name: scorer.sentence for scorer in scorers}
    try:
        return sentences[names[code]](standing, numbers, thresholds, rules)
    except KeyError:
        listed = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in numbers.items() if value is not None)
        return f"{code.replace('_', ' ').capitalize()}: {standing}{f' ({listed})' if listed else ''}."
