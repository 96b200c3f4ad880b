"""Competence mix: how many of the competence areas do the activities name?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.scorers.standing import advisory


def score(criterion: Criterion, rules: Rules) -> Scored:
    """Competences named at least once; an activity that names none could have served any. Threshold: at_least_kinds."""
    least = int(criterion.thresholds["at_least_kinds"])
    named = nw.sum_horizontal(
        nw.lit(0), *(nw.when(nw.col(f"competence_{choice.code}") > 0).then(nw.lit(1)).otherwise(nw.lit(0)) for choice in rules.competences))
    letters = {f"letter_{choice.code}": nw.col(f"competence_{choice.code}") for choice in rules.competences}
    return Scored(
        standing=advisory(surely=named >= least, possibly=(named >= least) | (nw.col("without_competences") > 0), applies=nw.col("counted") > 0),
        numbers={"named": named, "not_stated": nw.col("without_competences"), "activities": nw.col("counted"), **letters},
        thresholds={"at_least_kinds": least},
    )


def sentence(_standing: str, numbers: Numbers, _thresholds: Thresholds, rules: Rules) -> str:
    """Which competences are named."""
    named = [choice.code for choice in rules.competences if numbers[f"letter_{choice.code}"]]
    if not named:
        return "The activities name no competences."
    unstated = f" {numbers['not_stated']} of {numbers['activities']} activities name none." if numbers["not_stated"] else ""
    return f"Competences named: {', '.join(named)} of {', '.join(choice.code for choice in rules.competences)}.{unstated}"


SCORER = Scorer(name="competence_mix", score=score, sentence=sentence)
