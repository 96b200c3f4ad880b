"""Reflection: how many activities have one? The machine only counts; its quality is for a person to judge."""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.vocabulary import Standing


def score(_criterion: Criterion, _rules: Rules) -> Scored:
    """Counts only: no number of words makes a good reflection."""
    return Scored(
        standing=nw.when(nw.col("counted") >= 0).then(nw.lit(Standing.NOT_APPLICABLE.value)).otherwise(nw.lit(Standing.NOT_APPLICABLE.value)),
        numbers={"with_reflection": nw.col("with_reflection"), "activities": nw.col("counted")},
    )


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, _rules: Rules) -> str:
    """How many activities have a reflection."""
    return f"{numbers['with_reflection']} of {numbers['activities']} activities have a reflection."


SCORER = Scorer(name="reflection", score=score, sentence=sentence)
