"""From activities to findings: one pass of sums, then every criterion of the rules.

All engines share this implementation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
from assessor_kit.scorers.columns import ColumnFrame, NotKnown
from assessor_kit.scorers.criterion import CriterionExpressions, Scorer
from assessor_kit.scorers.lines import activities_to_score, returns_to_score
from assessor_kit.scorers.measures import FrameT, sums_per_return
from assessor_kit.scorers.standing import standing_expression, standing_words
from assessor_kit.tables import FINDINGS, RETURNS_TO_SCORE

SCORERS = (
    total_hours.SCORER,
    planned_hours.SCORER,
    area_split.SCORER,
    activity_mix.SCORER,
    soft_technical_mix.SCORER,
    competence_mix.SCORER,
    plan_link.SCORER,
    reflection.SCORER,
    record_flags.SCORER,
)
WHOLE = [
    column.name for column in RETURNS_TO_SCORE.columns if column.kind in {"minutes", "integer"}
]
BETWEEN = "__"  # criterion__number: the columns of findings in one row per return


def score_returns(
    activities: pd.DataFrame,
    goals: pd.DataFrame,
    requirements: pd.DataFrame,
    returns: pd.DataFrame,
    rules: Rules,
    *,
    scorers: Sequence[Scorer] = SCORERS,
) -> pd.DataFrame:
    """Return one row per return and criterion, with the columns of `tables.FINDINGS`.

    The rows follow the order of the returns and, within each, of the rules. `activities`, `goals`
    and `requirements` have the columns given in `tables`; `returns` needs return_id and
    declared_minutes. A return without activities is scored too, with nothing but zeros.
    """
    lines = activities_to_score(activities, goals)
    rows = returns_to_score(returns, requirements, goals)
    try:
        found = findings_per_return(
            ColumnFrame.of(lines), ColumnFrame.of(rows), rules, scorers=scorers
        ).to_lists()
    except NotKnown:
        found = _with_pandas(lines, rows, rules, scorers)
    words = {
        f"{criterion.code}{BETWEEN}standing": standing_words(is_advisory=criterion.advisory)
        for criterion in rules.criteria
    }
    worded = {
        name: [words[name][place] for place in values] if name in words else values
        for name, values in found.items()
    }
    return findings_in_rows(worded, rules, scorers=scorers)


def _with_pandas(
    lines: pd.DataFrame, rows: pd.DataFrame, rules: Rules, scorers: Sequence[Scorer]
) -> dict[str, list[Any]]:
    scored = findings_per_return(
        nw.from_native(lines, eager_only=True),
        nw.from_native(rows, eager_only=True),
        rules,
        scorers=scorers,
    ).to_native()
    return {str(name): scored[name].tolist() for name in scored.columns}


def findings_per_return(
    activities: FrameT, returns: FrameT, rules: Rules, *, scorers: Sequence[Scorer] = SCORERS
) -> FrameT:
    """Return one row per return with all its findings, on any engine that narwhals supports.

    `activities` and `returns` have the columns of `tables.ACTIVITIES_TO_SCORE` and
    `tables.RETURNS_TO_SCORE`, eager or lazy. Columns: return_id; per criterion `CODE__standing` (a
    `Place`, which `with_words` turns into a word) and a whole number `CODE__NAME` for each number
    behind it; thresholds (JSON: criterion -> name -> value), rules_edition and rules_digest. Lazy
    engines return the rows in any order.
    """
    criteria = scored_criteria(rules, scorers=scorers)
    measures = [measure for _, scored in criteria for measure in scored.measures]
    summed = sorted({name for measure in measures for name in measure.columns})
    rows = returns.with_columns(nw.col(*WHOLE).cast(nw.Int64)).join(
        sums_per_return(activities, measures), on="return_id", how="left"
    )
    # DuckDB sums integers into 128 bits, which arrive as floats: whole numbers must be whole on
    # every engine.
    rows = rows.with_columns(nw.col(*summed).fill_null(0).cast(nw.Int64))
    for step in ("derived", "further"):
        rows = rows.with_columns(
            **{
                name: column
                for _, scored in criteria
                for name, column in getattr(scored, step).items()
            }
        )
    return rows.select(
        "return_id",
        **_columns(criteria),
        **{name: nw.lit(text) for name, text in _same_for_all(criteria, rules).items()},
    )


def scored_criteria(
    rules: Rules, *, scorers: Sequence[Scorer] = SCORERS
) -> list[tuple[Criterion, CriterionExpressions]]:
    """Return each criterion that has a scorer, with its expressions, in the rules' order.

    Raises RulesError if the rules name a scorer that does not exist.
    """
    by_name = {scorer.name: scorer for scorer in scorers}
    strangers = [
        criterion.scorer
        for criterion in rules.criteria
        if criterion.scorer and criterion.scorer not in by_name
    ]
    if strangers:
        raise RulesError(
            f"There is no scorer {', '.join(strangers)}",
            where=rules.edition,
            expected=f"one of {', '.join(by_name)}",
            advice=(
                "Correct the key `scorer` of the criterion, or leave it empty where only a person"
                " can judge."
            ),
        )
    return [
        (criterion, by_name[criterion.scorer].score(criterion, rules))
        for criterion in rules.criteria
        if criterion.scorer
    ]


def _columns(criteria: list[tuple[Criterion, CriterionExpressions]]) -> dict[str, nw.Expr]:
    return {
        f"{criterion.code}{BETWEEN}{name}": column
        for criterion, scored in criteria
        for name, column in (("standing", scored.standing), *scored.numbers.items())
    }


def _same_for_all(
    criteria: list[tuple[Criterion, CriterionExpressions]], rules: Rules
) -> dict[str, str]:
    thresholds = {criterion.code: dict(scored.thresholds) for criterion, scored in criteria}
    return {
        "thresholds": json.dumps(thresholds),
        "rules_edition": rules.edition,
        "rules_digest": rules.digest,
    }


def with_words(per_return: FrameT, rules: Rules) -> FrameT:
    """Return the same findings with each standing as a word, which is what the engines write."""
    scored = {
        f"{criterion.code}{BETWEEN}standing": criterion.advisory
        for criterion in rules.criteria
        if criterion.scorer
    }
    return per_return.with_columns(
        **{
            name: standing_expression(nw.col(name), is_advisory=advisory)
            for name, advisory in scored.items()
        }
    )


def findings_in_rows(
    per_return: Mapping[str, Sequence[object]], rules: Rules, *, scorers: Sequence[Scorer] = SCORERS
) -> pd.DataFrame:
    """Turn one row per return into rows of `tables.FINDINGS`, with standings as words.

    This is what the store keeps and what `finding_sentence` puts into words.
    """
    parts = [
        list(_of_criterion(per_return, criterion.code, scored))
        for criterion, scored in scored_criteria(rules, scorers=scorers)
    ]
    rows = [
        (*row, rules.edition, rules.digest)
        for of_return in zip(*parts, strict=True)
        for row in of_return
    ]
    return pd.DataFrame(rows, columns=list(FINDINGS.column_names))


def _of_criterion(
    per_return: Mapping[str, Sequence[object]], code: str, scored: CriterionExpressions
) -> Iterator[tuple[object, ...]]:
    names = list(scored.numbers)
    thresholds = json.dumps(dict(scored.thresholds))
    columns = [per_return[f"{code}{BETWEEN}{name}"] for name in names]
    for place, (return_id, standing) in enumerate(
        zip(per_return["return_id"], per_return[f"{code}{BETWEEN}standing"], strict=True)
    ):
        numbers = {name: _whole(column[place]) for name, column in zip(names, columns, strict=True)}
        yield return_id, code, standing, json.dumps(numbers), thresholds


def _whole(value: object) -> int | None:
    # NaN alone differs from itself.
    return None if value is None or value is pd.NA or value != value else int(str(value))  # noqa: PLR0124


def finding_sentence(
    finding: Mapping[str, object], rules: Rules, *, scorers: Sequence[Scorer] = SCORERS
) -> str:
    """Return one finding in plain English, for assessor and member alike.

    `finding` is a row of `tables.FINDINGS`. A finding of an earlier edition stays readable: if
    today's rules have no such criterion, or its numbers have changed, the standing and the numbers
    are listed as they are.
    """
    code = str(finding["criterion"])
    standing = str(finding["standing"])
    numbers = json.loads(str(finding["numbers"]))
    thresholds = json.loads(str(finding["thresholds"]))
    names = {criterion.code: criterion.scorer for criterion in rules.criteria}
    sentences = {scorer.name: scorer.sentence for scorer in scorers}
    try:
        return sentences[names[code]](standing, numbers, thresholds, rules)
    except KeyError:
        listed = ", ".join(
            f"{name.replace('_', ' ')} {value}"
            for name, value in numbers.items()
            if value is not None
        )
        return (
            f"{code.replace('_', ' ').capitalize()}: {standing}{f' ({listed})' if listed else ''}."
        )
