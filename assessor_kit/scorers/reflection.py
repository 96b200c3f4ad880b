"""Reflection: how many activities have one? Its quality is for a person to judge."""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import CriterionExpressions, Numbers, Scorer, Thresholds
from assessor_kit.scorers.measures import activities_where, lines_where
from assessor_kit.scorers.standing import not_applicable
from assessor_kit.vocabulary import counted_text


def score(_criterion: Criterion, _rules: Rules) -> CriterionExpressions:
    """Count the activities with a reflection; no number of words makes a good one."""
    return CriterionExpressions(
        measures=[
            activities_where("counted"),
            lines_where("with_reflection", nw.col("has_reflection") & nw.col("counts")),
        ],
        standing=not_applicable(),
        numbers={"with_reflection": nw.col("with_reflection"), "activities": nw.col("counted")},
    )


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, _rules: Rules) -> str:
    """Say how many activities have a reflection."""
    verb = "has" if numbers["with_reflection"] == 1 else "have"
    return (
        f"{numbers['with_reflection']} of"
        f" {counted_text(numbers['activities'], 'activity', 'activities')} {verb} a reflection."
    )


SCORER = Scorer(name="reflection", score=score, sentence=sentence)
