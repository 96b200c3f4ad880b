"""Soft and technical mix: is there some of each?"""

from __future__ import annotations

from functools import reduce
from operator import add

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.area_split import area_measures, areas_not_stated
from assessor_kit.scorers.criterion import CriterionExpressions, Numbers, Scorer, Thresholds
from assessor_kit.scorers.measures import activities_where
from assessor_kit.scorers.standing import PARTS, parts_of, standing
from assessor_kit.vocabulary import hours_text


def score(criterion: Criterion, rules: Rules) -> CriterionExpressions:
    """Compare the minutes of soft skills with those of technical knowledge.

    Threshold: each side should be at least the share `at_least_share` of the two together; no
    threshold is published. The areas that a partly stated area covers are the technical ones, and
    the rest are soft. Minutes of no stated area may be divided between the sides in any way, and
    doubtful minutes may count in part. So the share of a side can be anything between its least (no
    doubtful minute on its side, all of them on the other) and its most. Both sides surely reach the
    threshold if the least of both does, and possibly if the most of both does.
    """
    share = parts_of(criterion.thresholds["at_least_share"])
    sides = {
        f"{side}{part}": _sum(areas, part)
        for side, areas in _sides(rules).items()
        for part in ("", "_sure")
    }
    soft = nw.col("soft")
    technical = nw.col("technical")
    unstated = nw.col("area_not_stated")
    soft_sure = nw.col("soft_sure")
    technical_sure = nw.col("technical_sure")
    surely = _enough(soft_sure, technical + unstated, share) & _enough(
        technical_sure, soft + unstated, share
    )
    possibly = _enough(soft + unstated, technical_sure, share) & _enough(
        technical + unstated, soft_sure, share
    )
    return CriterionExpressions(
        measures=[*area_measures(rules), activities_where("counted")],
        derived={**areas_not_stated(rules), **sides},
        standing=standing(
            surely=surely,
            possibly=possibly,
            applies=nw.col("counted_sure") > 0,
            may_apply=nw.col("counted") > 0,
        ),
        numbers={"soft": soft, "technical": technical, "not_stated": unstated},
        thresholds={"at_least_share": criterion.thresholds["at_least_share"]},
    )


def _sides(rules: Rules) -> dict[str, list[str]]:
    """Return the codes of each side's areas."""
    covered = {
        code for partly in rules.partly_stated_areas for code in (*partly.covers, partly.code)
    }
    technical = [
        choice.code
        for choice in (*rules.areas, *rules.partly_stated_areas)
        if choice.code in covered
    ]
    return {
        "technical": technical,
        "soft": [choice.code for choice in rules.areas if choice.code not in covered],
    }


def _enough(side: nw.Expr, other: nw.Expr, share: int) -> nw.Expr:
    """Whether a side has any minutes, and at least its share of the two sides together."""
    return (side * (PARTS - share) >= other * share) & (side > 0)


def _sum(areas: list[str], part: str) -> nw.Expr:
    return (
        reduce(add, (nw.col(f"area_{area}{part}") for area in areas))
        if areas
        else nw.col("total") * 0
    )


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, _rules: Rules) -> str:
    """Say how many hours are technical and how many are soft skills."""
    unstated = (
        f" The area is not stated for {hours_text(numbers['not_stated'])}."
        if numbers["not_stated"]
        else ""
    )
    return (
        f"Technical {hours_text(numbers['technical'] or 0)}, soft skills"
        f" {hours_text(numbers['soft'] or 0)}.{unstated}"
    )


SCORER = Scorer(name="soft_technical_mix", score=score, sentence=sentence)
