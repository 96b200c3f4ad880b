"""Plan link: do the activities serve the goals of the plan, where a plan was sent?"""

from __future__ import annotations

import narwhals as nw

from assessor_kit.rules.schema import Criterion, Rules
from assessor_kit.scorers.criterion import CriterionExpressions, Numbers, Scorer, Thresholds
from assessor_kit.scorers.measures import activities_where
from assessor_kit.scorers.standing import PARTS, parts_of, standing
from assessor_kit.vocabulary import counted_text


def score(criterion: Criterion, _rules: Rules) -> CriterionExpressions:
    """Compare the share of the plan's goals that some activity serves with the threshold.

    Threshold: `share_of_goals`. If no activity names a goal, nobody can tell whether they served
    the plan, so the standing is unclear. Without a plan it is not applicable.
    """
    share = criterion.thresholds["share_of_goals"]
    goals = nw.col("goals")
    return CriterionExpressions(
        measures=[
            activities_where("counted"),
            activities_where("with_goal", nw.col("names_goal")),
            activities_where("served", nw.col("newly_served")),
        ],
        standing=standing(
            surely=_enough(nw.col("served_sure"), goals, share),
            possibly=_enough(nw.col("served"), goals, share) | (nw.col("with_goal_sure") == 0),
            applies=goals > 0,
        ),
        numbers={
            "goals": goals,
            "served": nw.col("served"),
            "linked": nw.col("with_goal"),
            "activities": nw.col("counted"),
        },
        thresholds={"share_of_goals": share},
    )


def _enough(served: nw.Expr, goals: nw.Expr, share: float) -> nw.Expr:
    return served * PARTS >= goals * parts_of(share)


def sentence(place: str, numbers: Numbers, _thresholds: Thresholds, _rules: Rules) -> str:
    """Say how many goals there are and how many activities serve them."""
    if place == "not applicable":
        return "No plan was sent; a plan is welcome and not required."
    goals, served, linked, activities = (
        numbers[name] or 0 for name in ("goals", "served", "linked", "activities")
    )
    if not linked:
        return (
            f"The plan has {counted_text(goals, 'goal', 'goals')}; the activities do not say which"
            " goal they serve."
        )
    return (
        f"{served} of {counted_text(goals, 'goal is', 'goals are')} served; {linked} of"
        f" {activities} {'activity names' if activities == 1 else 'activities name'} a goal."
    )


SCORER = Scorer(name="plan_link", score=score, sentence=sentence)
