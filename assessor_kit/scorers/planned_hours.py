"""Planned hours: was enough of the year's CPD planned?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import CriterionExpressions, Numbers, Scorer, Thresholds
from assessor_kit.scorers.measures import minutes_where
from assessor_kit.scorers.standing import against_minimum
from assessor_kit.vocabulary import Planned, hours_text


def score(_criterion: Criterion, _rules: Rules) -> CriterionExpressions:
    """Compare the planned minutes with the minimum that applies.

    Minutes that are marked neither way count as doubt. Unplanned time beyond what is needed never
    counts against anyone. Source: Policy on CPD, guideline table, row "Planned CPD".
    """
    not_stated = nw.col("not_stated_planned")
    needed = nw.col("planned_minutes_needed")
    return CriterionExpressions(
        measures=[
            minutes_where("planned", nw.col("planned") == Planned.YES.value),
            minutes_where("not_stated_planned", nw.col("planned") == Planned.UNMARKED.value),
        ],
        derived={"may_be_planned": nw.col("planned") + not_stated},
        standing=against_minimum(
            sure=nw.col("planned_sure"), possible=nw.col("may_be_planned"), needed=needed
        ),
        numbers={
            "sure": nw.col("planned_sure"),
            "doubtful": nw.col("may_be_planned") - nw.col("planned_sure"),
            "not_stated": not_stated,
            "needed": needed,
        },
    )


def sentence(standing: str, numbers: Numbers, _thresholds: Thresholds, _rules: Rules) -> str:
    """Say how many hours were planned, and the minimum."""
    planned = f"{hours_text(numbers['sure'] or 0)} marked as planned"
    if standing == "not applicable":
        return f"{planned}; no planned minimum applies to this target."
    aim = (
        f"; the aim is at least {hours_text(numbers['needed'])}"
        if numbers["needed"] is not None
        else ""
    )
    more = (
        f" A further {hours_text(numbers['doubtful'])} may have been planned: that is not stated or"
        " not certain."
        if numbers["doubtful"]
        else ""
    )
    return f"{planned}{aim}.{more}"


SCORER = Scorer(name="planned_hours", score=score, sentence=sentence)
