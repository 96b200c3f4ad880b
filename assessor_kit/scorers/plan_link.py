"""Plan link: do the activities serve the goals of the plan, where a plan was sent?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import Numbers, Scored, Scorer, Thresholds
from assessor_kit.scorers.standing import advisory


def score(criterion: Criterion, _rules: Rules) -> Scored:
    """Share of the plan's goals that some activity serves. Threshold: share_of_goals.

    Where no activity names any goal, nobody can tell whether they served the plan: unclear. No plan: not applicable.
    """
    share = criterion.thresholds["share_of_goals"]
    enough = nw.col("goals_served") >= nw.col("goals") * share
    return Scored(
        standing=advisory(surely=enough, possibly=nw.col("with_goal") == 0, applies=nw.col("goals") > 0),
        numbers={"goals": nw.col("goals"), "served": nw.col("goals_served"), "linked": nw.col("with_goal"), "activities": nw.col("counted")},
        thresholds={"share_of_goals": share},
    )


def sentence(standing: str, numbers: Numbers, _thresholds: Thresholds, _rules: Rules) -> str:
    """Goals and the activities that serve them."""
    if standing == "not applicable":
        return "No plan was sent; a plan is welcome and not required."
    if not numbers["linked"]:
        return f"The plan has {numbers['goals']} goals; the activities do not say which goal they serve."
    return f"{numbers['served']} of {numbers['goals']} goals are served; {numbers['linked']} of {numbers['activities']} activities name a goal."


SCORER = Scorer(name="plan_link", score=score, sentence=sentence)
