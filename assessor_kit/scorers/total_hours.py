"""Total hours: does the time recorded reach the member's target?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import CriterionExpressions, Numbers, Scorer, Thresholds
from assessor_kit.scorers.measures import activities_where, minutes_where
from assessor_kit.scorers.standing import against_minimum
from assessor_kit.vocabulary import counted_text, hours_text


def score(_criterion: Criterion, _rules: Rules) -> CriterionExpressions:
    """Compare the minutes recorded with the target.

    Source: Policy on CPD, "Members should aim to undertake a minimum of 30 hours".
    """
    needed = nw.col("target_minutes")
    return CriterionExpressions(
        measures=[minutes_where("total"), activities_where("counted")],
        standing=against_minimum(
            sure=nw.col("total_sure"), possible=nw.col("total"), needed=needed
        ),
        numbers={
            "sure": nw.col("total_sure"),
            "doubtful": nw.col("total") - nw.col("total_sure"),
            "needed": needed,
            "activities": nw.col("counted"),
        },
    )


def sentence(standing: str, numbers: Numbers, _thresholds: Thresholds, rules: Rules) -> str:
    """Say how many hours are recorded and what the aim is, in one or two sentences."""
    if not rules.guideline.counts_hours:
        return (
            f"{counted_text(numbers['activities'], 'activity is', 'activities are')} recorded; this"
            " scheme sets no number of hours."
        )
    recorded = f"{hours_text((numbers['sure'] or 0) + (numbers['doubtful'] or 0))} recorded"
    doubt = (
        f" Of these, {hours_text(numbers['doubtful'])} could not be read with certainty."
        if numbers["doubtful"]
        else ""
    )
    if numbers["needed"] is None:
        aim = "the aim is still being agreed" if standing == "unclear" else "no hours are required"
        return f"{recorded}; {aim}.{doubt}"
    return f"{recorded}; the aim is {hours_text(numbers['needed'])}.{doubt}"


SCORER = Scorer(name="total_hours", score=score, sentence=sentence)
